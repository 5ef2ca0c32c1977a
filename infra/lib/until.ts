import { setTimeout as pause } from 'node:timers/promises';

export interface Waiting {
  readonly limitMs: number;
  readonly pollMs: number;
}

/** Asks until the answer is defined; undefined when the limit has passed. Asks at least once. */
export async function untilDefined<T>(
  { limitMs, pollMs }: Waiting,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() + pollMs > deadline) return undefined;
    await pause(pollMs);
  }
}
