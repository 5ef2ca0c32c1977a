// Plain JavaScript: set-up uses it before Node 24, which runs TypeScript, is there.
import { readFileSync } from 'node:fs';

/**
 * What the kernel says of a process.
 *
 * @typedef {{ state: string, group: number, session: number, startTicks: string }} ProcessStat
 */

/**
 * Reads /proc/PID/stat.
 *
 * @param {number} pid
 * @returns {ProcessStat | undefined} undefined when there is no such process
 */
export function processStat(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    // ESRCH: it ended between the opening of the file and the reading.
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
  // The second field is the program's name in brackets, which may hold anything; the others are counted after it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '',
    group: Number(fields[2]),
    session: Number(fields[3]),
    startTicks: fields[19] ?? '',
  };
}

/**
 * Start time of a living process in clock ticks since boot. It distinguishes a process from a later one with its pid.
 *
 * @param {number} pid
 * @returns {string | undefined} undefined when there is none, or only a zombie that nobody has collected
 */
export function startTimeOf(pid) {
  const stat = processStat(pid);
  return stat === undefined || stat.state === 'Z' || stat.state === 'X' ? undefined : stat.startTicks;
}
