import { expect, test } from '@jest/globals';
import { bars, traces } from './chart.ts';

test('a trace shows each value on a logarithmic scale, and a mark where requests failed', () => {
  const drawn = traces('Waits', 100, [{ title: 'a & b', values: [1, 10, 100, 10_000], failed: [0, 0, 3, 0] }]);
  const [, points = ''] = /points="([^"]*)"/.exec(drawn) ?? [];
  const heights = points.split(' ').map((point) => Number(point.split(',')[1]));
  expect(heights).toEqual([128, 107, 86, 44]);
  expect(drawn.match(/class="failed" /g)).toHaveLength(1);
  expect(drawn).toContain('a &amp; b');
  expect(drawn).toContain('prefers-color-scheme: dark');
});

test('a bar says its value', () => {
  const drawn = bars('p99', ['at rest', 'during'], [{ title: 'swap', values: [4, 12.34] }]);
  expect(drawn).toContain('12.3 ms');
  expect(drawn.match(/<rect class="bar[01]"/g)).toHaveLength(4);
});
