import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** Processor time of a process, its children that ended, and its living descendants. */
export function cpuSecondsOf(root: number): number {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => fieldsOf(Number(name)) ?? []);
  const below = (pid: number): number =>
    stats.filter((each) => each.parent === pid).reduce((sum, { pid: child }) => sum + below(child), own(pid));
  const own = (pid: number): number => stats.find((each) => each.pid === pid)?.ticks ?? 0;
  return below(root) / TICKS_PER_SECOND;
}

function fieldsOf(pid: number) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { pid, parent: Number(fields[1]), ticks };
  } catch {
    // It ended between the listing and the reading.
    return undefined;
  }
}
