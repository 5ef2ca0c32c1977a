import { describe, expect, test } from '@jest/globals';
import { worse } from './watch.ts';

const budget = { seconds: 15, errorShare: 0.02, p95Ms: 500 };
const well = { sent: 75, errors: 0, p95Ms: 40 };

describe('production after the swap is', () => {
  test('well when it is as it was', () => {
    expect(worse(well, well, budget)).toBeUndefined();
  });

  test('worse when it fails more requests than the budget allows', () => {
    expect(worse({ ...well, errors: 3 }, well, budget)).toMatch(/3 of 75 requests failed/);
  });

  test('not worse when the old version fails as much: the outage is shared', () => {
    expect(worse({ ...well, errors: 40 }, { ...well, errors: 40 }, budget)).toBeUndefined();
  });

  test('not worse for one failed request', () => {
    expect(worse({ sent: 5, errors: 1, p95Ms: 40 }, { ...well, sent: 5 }, budget)).toBeUndefined();
  });

  test('worse when it became slow', () => {
    expect(worse({ ...well, p95Ms: 700 }, well, budget)).toMatch(/p95 is 700 ms, before 40 ms/);
  });
});
