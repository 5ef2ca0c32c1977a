import { expect, test } from '@jest/globals';
import { type EvaluationRun, report } from './evaluate.ts';

const at = (seconds: number, megabytes: number): EvaluationRun => ({ resources: 7, seconds, cpuSeconds: 1, megabytes });

test('a stage that takes too long or too much memory misses its target, by the median', () => {
  const text = report({
    shared: [at(1, 200), at(1.5, 200), at(9, 900)],
    dev: [at(2.6, 300)],
    prod: [at(2, 351)],
  });
  const rows = text.split('\n').filter((line) => /^\| (shared|dev|prod) /.test(line));
  expect(rows).toEqual([
    '| shared | 7 | 1.50 | met | 1.00 | 200 | met |',
    '| dev | 7 | 2.60 | missed | 1.00 | 300 | met |',
    '| prod | 7 | 2.00 | met | 1.00 | 351 | missed |',
  ]);
});
