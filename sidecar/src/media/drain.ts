import { lstat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Waitlist } from './waitlist.ts';
import { walk } from './walk.ts';

export interface DrainOptions {
  readonly root: string;
  readonly outbox: string;
  readonly waitlist: Waitlist;
  readonly nowMs: () => number;
  /** Makes the scan look at once. */
  readonly wakeScan: () => void;
  /** Ends it early: nobody waits for the answer any more, or the sidecar stops. */
  readonly signal: AbortSignal;
}

export interface Left {
  readonly name: string;
  readonly reason: string;
}

export interface Drained {
  readonly drained: boolean;
  /** Files older than the call that are not durable; the first of them by name. */
  readonly leftCount: number;
  readonly left: readonly Left[];
}

const LOOK_MS = 50;
const LISTED = 100;
/** With more files than this left there is no need to know which of them are older than the call. */
const STATS_LIMIT = 1_000;

/**
 * Waits until every file that is in the outbox now is durable. What is never carried (links, names SMB cannot hold) is not
 * waited for; a folder that cannot be read counts as one file that is left. Ends early when all that is left is stuck.
 */
export async function drain(options: DrainOptions, timeoutMs: number): Promise<Drained> {
  const deadline = options.nowMs() + timeoutMs;
  const calledAt = await fileSystemNow(options.root, options.nowMs);
  options.waitlist.wake(['failed', 'left', 'unmoved']);
  for (;;) {
    options.wakeScan();
    const { older, left, allStuck } = await findLeft(options, calledAt);
    if (older === 0) return { drained: true, leftCount: 0, left: [] };
    if (allStuck || options.signal.aborted || options.nowMs() >= deadline)
      return { drained: false, leftCount: older, left };
    // A large outbox takes long to look through; then it is looked at less often.
    const pause = Math.max(LOOK_MS, Math.min(1_000, older / 10));
    const wait = Math.min(pause, Math.max(1, deadline - options.nowMs()));
    await sleep(wait, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

async function findLeft(
  options: DrainOptions,
  calledAtMs: number,
): Promise<{ older: number; left: Left[]; allStuck: boolean }> {
  const { outbox, waitlist, nowMs } = options;
  const left: Left[] = [];
  let older = 0;
  let stuck = 0;
  let asked = 0;
  for await (const entry of walk(outbox, nowMs)) {
    if (entry.kind === 'refused') continue;
    if (entry.kind === 'unread') {
      older += 1;
      stuck += 1;
      if (left.length < LISTED) left.push({ name: entry.path, reason: entry.reason });
      continue;
    }
    if (asked < STATS_LIMIT) {
      asked += 1;
      const birth = await birthOf(join(outbox, entry.path));
      if (birth === undefined || birth > calledAtMs) continue;
    }
    older += 1;
    if (waitlist.isStuck(entry.path)) stuck += 1;
    if (left.length < LISTED)
      left.push({ name: entry.path, reason: waitlist.get(entry.path)?.reason ?? 'waiting for its turn' });
  }
  return { older, left, allStuck: older > 0 && stuck === older };
}

/** A file that came by a rename is as old as its contents: it may be taken for older than it is here, never for younger. */
async function birthOf(path: string): Promise<number | undefined> {
  try {
    const stats = await lstat(path);
    return stats.birthtimeMs > 0 ? Math.min(stats.birthtimeMs, stats.ctimeMs) : stats.ctimeMs;
  } catch {
    return undefined;
  }
}

/** The time by the clock that stamps the files, which on a network share is not this machine's. */
async function fileSystemNow(root: string, nowMs: () => number): Promise<number> {
  const path = join(root, `.drain-${process.pid}-${Math.floor(nowMs() * 1_000)}`);
  try {
    await writeFile(path, '');
    const { mtimeMs } = await lstat(path);
    await unlink(path);
    return mtimeMs;
  } catch {
    return nowMs();
  }
}
