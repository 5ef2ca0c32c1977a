import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import * as defaults from '../defaults.ts';
import { ulidTimeMs } from './names.ts';
import type { Stuck, Waitlist } from './waitlist.ts';
import { walk } from './walk.ts';

/** The contents of the outbox. A file is either pending or stuck, or it is in Blob and cannot be moved yet. */
export interface OutboxCount {
  readonly pending: number;
  readonly oldestSeconds: number;
  readonly stuckCount: number;
  /** The first LISTED_LIMIT of them. */
  readonly stuck: readonly Stuck[];
}

/** Foreign files whose age is read in one count. Names of the application hold their age. */
const STATS_LIMIT = 200;

/** Counts the outbox by walking it. Nothing is remembered from earlier counts. */
export async function countOutbox(outbox: string, waitlist: Waitlist, nowMs: () => number): Promise<OutboxCount> {
  const now = nowMs();
  const stuck: Stuck[] = waitlist.stuck();
  let stuckCount = stuck.length;
  let pending = 0;
  let oldestMs = now;
  let asked = 0;
  for await (const entry of walk(outbox, nowMs)) {
    if (entry.kind !== 'file') {
      stuckCount += 1;
      if (stuck.length >= defaults.LISTED_LIMIT) continue;
      const since = (await statsOf(join(outbox, entry.path)))?.ctimeMs ?? now;
      stuck.push({ name: entry.path, reason: entry.reason, seconds: secondsBetween(since, now) });
    } else if (!waitlist.isStuck(entry.path) && waitlist.get(entry.path)?.kind !== 'unmoved') {
      pending += 1;
      let since = ulidTimeMs(entry.path) ?? waitlist.get(entry.path)?.sinceMs;
      if (since === undefined && asked < STATS_LIMIT) {
        asked += 1;
        since = (await statsOf(join(outbox, entry.path)))?.ctimeMs;
      }
      oldestMs = Math.min(oldestMs, since ?? now);
    }
  }
  return {
    pending,
    oldestSeconds: secondsBetween(oldestMs, now),
    stuckCount,
    stuck: stuck.slice(0, defaults.LISTED_LIMIT),
  };
}

/** The names of the first LISTED_LIMIT files in a folder, and the number of all. */
export async function listFiles(folder: string, nowMs: () => number): Promise<{ names: string[]; count: number }> {
  const names: string[] = [];
  let count = 0;
  for await (const entry of walk(folder, nowMs)) {
    count += 1;
    if (names.length < defaults.LISTED_LIMIT) names.push(entry.path);
  }
  return { names, count };
}

async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch {
    return undefined;
  }
}

function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, Math.floor((toMs - fromMs) / 1_000));
}
