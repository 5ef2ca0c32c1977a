import { setTimeout as wait } from 'node:timers/promises';

/** Time comes in from outside, so that a test need not wait for it. */
export interface Clock {
  /** Milliseconds, from whatever moment the clock counts. */
  now(): number;
  /** Rejects when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, signal === undefined ? {} : { signal });
}

/** Milliseconds since 1970. */
export const systemClock: Clock = { now: () => Date.now(), sleep };

/** For durations: whoever sets the machine's time does not change it. */
export const monotonicClock: Clock = { now: () => performance.now(), sleep };

export const utc = (clock: Clock): string => new Date(clock.now()).toISOString();
