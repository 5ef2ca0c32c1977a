import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { startTimeOf } from '../lib/process-facts.mjs';

const POLL_MS = 250;
/** A process that clears a dead owner's lock for longer than this counts as dead as well. */
const CLEARING_MS = 5000;

/**
 * @typedef {{ pid: number, started: string, since: string }} Owner `started` distinguishes a process from a later one with its pid
 */

/**
 * Takes the lock file. Waits for a living owner and removes what a dead one left.
 *
 * @param {string} file
 * @param {{ onWait?: (owner: Owner) => void, self?: Owner }} [options] onWait: called once, when there is something to wait for
 * @returns {Promise<() => void>} gives the lock back
 */
export async function acquireLock(file, { onWait = () => {}, self = ownerOf(process.pid) } = {}) {
  mkdirSync(dirname(file), { recursive: true });
  let announced = false;
  for (;;) {
    if (create(file, self)) return () => release(file, self);
    const owner = readOwner(file);
    if (owner === undefined) continue;
    if (!isAlive(owner)) {
      clear(file);
      continue;
    }
    if (!announced) onWait(owner);
    announced = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** @param {number} pid @returns {Owner} */
export function ownerOf(pid) {
  return { pid, started: startTimeOf(pid) ?? '', since: new Date().toISOString() };
}

/** @param {Owner} owner */
export function isAlive({ pid, started }) {
  const now = startTimeOf(pid);
  return now !== undefined && (started === '' || now === started);
}

/**
 * The file appears with its content in one step, so that no reader sees half of it.
 *
 * @param {string} file @param {Owner} self
 */
function create(file, self) {
  const draft = `${file}.${self.pid}`;
  writeFileSync(draft, JSON.stringify(self));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Removes a dead owner's lock. Only one may do so at a time: another could have taken the lock in between.
 *
 * @param {string} file
 */
function clear(file) {
  const guard = `${file}.clearing`;
  try {
    writeFileSync(guard, '', { flag: 'wx' });
  } catch {
    const age = ageMs(guard);
    if (age !== undefined && age > CLEARING_MS) rmSync(guard, { force: true });
    return;
  }
  const owner = readOwner(file);
  if (owner !== undefined && !isAlive(owner)) rmSync(file, { force: true });
  rmSync(guard, { force: true });
}

/** @param {string} file @param {Owner} self */
function release(file, self) {
  const owner = readOwner(file);
  if (owner?.pid === self.pid && owner.started === self.started) rmSync(file, { force: true });
}

/** @param {string} file @returns {Owner | undefined} undefined: nobody has it */
function readOwner(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const { pid, started, since } = JSON.parse(text);
    return { pid: Number(pid), started: String(started), since: String(since) };
  } catch {
    return { pid: 0, started: 'unreadable', since: 'unknown' };
  }
}

/** @param {string} file */
function ageMs(file) {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return undefined;
  }
}
