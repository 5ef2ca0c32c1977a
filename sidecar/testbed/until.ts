import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until the condition gives something true; throws with its description at the deadline. The deadline only ends a
 * test that would never end. It is no statement about the speed of the machine.
 */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs = 60_000,
  everyMs = 20,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await sleep(everyMs);
  }
}
