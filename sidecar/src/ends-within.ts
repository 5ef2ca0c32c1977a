import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for the work, at most until the limit. Resolves to true when it ended in time; rethrows what it throws in time. */
export async function endsWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const limit = new AbortController();
  try {
    return await Promise.race([work.then(() => true), sleep(limitMs, false, { signal: limit.signal })]);
  } finally {
    limit.abort();
  }
}
