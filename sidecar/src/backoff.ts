import * as defaults from './defaults.ts';

/** Exponential backoff with full jitter: a random delay from 0 to the doubled step, at most the cap. `random` returns [0, 1). */
export function backoffMs(attempt: number, random: () => number): number {
  const step = Math.min(defaults.BACKOFF_CAP_MS, defaults.BACKOFF_BASE_MS * 2 ** Math.min(attempt, 20));
  return Math.floor(random() * step);
}

/** The delay before the next attempt. It is at least `Retry-After`, with jitter so that not all attempts come at once. */
export function retryDelayMs(attempt: number, retryAfterMs: number | undefined, random: () => number): number {
  const own = backoffMs(attempt, random);
  if (retryAfterMs === undefined) return own;
  return Math.min(retryAfterMs, defaults.RETRY_AFTER_CAP_MS) + Math.min(own, 1_000);
}

/** `Retry-After` in milliseconds. The header holds seconds or an HTTP date. */
export function parseRetryAfter(header: string | null | undefined, nowMs: number): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
