import { expect, test } from '@jest/globals';
import { median, percentile } from './percentile.ts';

test('a percentile is the value at the nearest rank, whatever the order', () => {
  const values = [50, 15, 40, 20, 35];
  expect([0.05, 0.3, 0.4, 0.5, 1].map((share) => percentile(values, share))).toEqual([15, 20, 20, 35, 50]);
});

test('the median of an even number of values is one of them', () => {
  expect(median([4, 1, 3, 2])).toBe(2);
});

test('nothing has the percentile 0', () => {
  expect(percentile([], 0.99)).toBe(0);
});
