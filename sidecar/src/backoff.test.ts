import { describe, expect, test } from '@jest/globals';
import { backoffMs, parseRetryAfter, retryDelayMs } from './backoff.ts';
import * as defaults from './defaults.ts';

describe('backoff', () => {
  test('doubles up to its cap and uses the whole range below', () => {
    expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, () => 0.5))).toEqual([50, 100, 200, 400]);
    expect(backoffMs(1_000, () => 0.999_999)).toBeLessThanOrEqual(defaults.BACKOFF_CAP_MS);
    expect(backoffMs(5, () => 0)).toBe(0);
  });

  test('never comes back before Retry-After, nor all at the same moment', () => {
    expect(retryDelayMs(3, 2_000, () => 0)).toBe(2_000);
    expect(retryDelayMs(3, 2_000, () => 0.9)).toBeGreaterThan(2_000);
    expect(retryDelayMs(0, 999_999_999, () => 0)).toBe(defaults.RETRY_AFTER_CAP_MS);
  });

  test('reads Retry-After in seconds and as a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(parseRetryAfter('3', now)).toBe(3_000);
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5_000);
    expect(parseRetryAfter('Thu, 01 Jan 2020 00:00:05 GMT', now)).toBe(0);
    for (const nothing of [undefined, null, '', 'soon']) expect(parseRetryAfter(nothing, now)).toBeUndefined();
  });
});
