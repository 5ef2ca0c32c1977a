import { type Clock, monotonicClock } from './clock.ts';

export interface Waiting {
  readonly limitMs: number;
  readonly pollMs: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** Asks until the answer is defined; undefined when the limit has passed. Asks at least once. */
export async function untilDefined<T>(
  { limitMs, pollMs, clock = monotonicClock }: Waiting,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T | undefined> {
  const deadline = clock.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (clock.now() + pollMs > deadline) return undefined;
    await clock.sleep(pollMs);
  }
}

/** Asks until the condition holds; false when the limit has passed. Asks at least once. */
export async function untilTrue(waiting: Waiting, holds: () => Promise<boolean> | boolean): Promise<boolean> {
  return (await untilDefined(waiting, async () => ((await holds()) ? true : undefined))) ?? false;
}
