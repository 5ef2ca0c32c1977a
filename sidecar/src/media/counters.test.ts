import { expect, test } from '@jest/globals';
import { Counters } from './counters.ts';

test('rates are means over the last minute, and fall to zero when nothing happens', () => {
  let now = 1_000_000_000;
  const counters = new Counters(() => now);
  for (let at = 0; at < 120; at += 1) {
    counters.durable(1_000, true);
    now += 500;
  }
  // The second that has just begun counts as one of the sixty.
  expect(counters.rates().filesPerSecond).toBeCloseTo(2, 1);
  expect(counters.rates().bytesPerSecond).toBeCloseTo(2_000, -2);
  now += 30_000;
  expect(counters.rates().filesPerSecond).toBeCloseTo(1, 0);
  now += 120_000;
  expect(counters.rates()).toEqual({ filesPerSecond: 0, bytesPerSecond: 0 });
  expect(counters.counts.uploaded).toBe(120);
});
