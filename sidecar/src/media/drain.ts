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
  /** Starts the next pass of the scan at once. */
  readonly wakeScan: () => void;
  /** Ends the drain early: the caller has disconnected, or the sidecar stops. */
  readonly signal: AbortSignal;
  /** Looks again at the foreign files that were carried lately, and returns those that changed and are not in Blob. */
  readonly lookAtCarried: () => Promise<readonly Left[]>;
}

export interface Left {
  readonly name: string;
  readonly reason: string;
}

export interface Drained {
  readonly drained: boolean;
  /** The number of files older than the call that are not durable, and the first of them. */
  readonly leftCount: number;
  readonly left: readonly Left[];
}

const LOOK_MS = 50;
const LISTED = 100;
/** With more files left than this, it does not matter which of them are older than the call. */
const STATS_LIMIT = 1_000;

/**
 * Waits until every file that is in the outbox now is durable. Files that are never carried (links, names that SMB does not
 * allow) are not waited for. A folder that cannot be read counts as one file. Ends early when all files left are stuck.
 */
export async function drain(options: DrainOptions, timeoutMs: number): Promise<Drained> {
  const deadline = options.nowMs() + timeoutMs;
  const calledAt = await fileSystemNow(options.root, options.nowMs);
  options.waitlist.wake(['failed', 'left']);
  for (;;) {
    options.wakeScan();
    const { older, left, allStuck } = await findLeft(options, calledAt);
    if (older === 0) return await drainedOrChanged(options);
    if (allStuck || options.signal.aborted || options.nowMs() >= deadline)
      return { drained: false, leftCount: older, left };
    // A large outbox takes long to walk, so it is looked at less often.
    const pause = Math.max(LOOK_MS, Math.min(1_000, older / 10));
    const wait = Math.min(pause, Math.max(1, deadline - options.nowMs()));
    await sleep(wait, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/** A file whose writer went on after it was carried is not durable before its blob has been replaced. */
async function drainedOrChanged({ lookAtCarried }: DrainOptions): Promise<Drained> {
  const changed = await lookAtCarried();
  return { drained: changed.length === 0, leftCount: changed.length, left: changed.slice(0, LISTED) };
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
    const waiting = entry.kind === 'file' ? waitlist.get(entry.path)?.kind : undefined;
    // What is never carried, and what is in Blob already, is not waited for.
    if (entry.kind === 'refused' || waiting === 'refused' || waiting === 'unmoved') continue;
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

/** A renamed file is as old as its contents. So a file may seem older than its time in the outbox, but never younger. */
async function birthOf(path: string): Promise<number | undefined> {
  try {
    const stats = await lstat(path);
    return stats.birthtimeMs > 0 ? Math.min(stats.birthtimeMs, stats.ctimeMs) : stats.ctimeMs;
  } catch {
    return undefined;
  }
}

/** The time of the clock that stamps the files, which on a network share is not this machine's clock. */
async function fileSystemNow(root: string, nowMs: () => number): Promise<number> {
  const path = join(root, `.drain-${process.pid}-${Math.floor(nowMs() * 1_000)}`);
  try {
    await writeFile(path, '', { flag: 'wx' });
    const { mtimeMs } = await lstat(path);
    await unlink(path);
    return mtimeMs;
  } catch {
    return nowMs();
  }
}
