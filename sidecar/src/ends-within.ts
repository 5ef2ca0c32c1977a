import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for the work, but no longer than the limit: true when it ended in time. What it throws in time is thrown on. */
export async function endsWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const limit = new AbortController();
  try {
    return await Promise.race([work.then(() => true), sleep(limitMs, false, { signal: limit.signal })]);
  } finally {
    limit.abort();
  }
}
