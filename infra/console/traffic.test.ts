import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TrafficReader } from './traffic.ts';

let directory: string;
let file: string;
let now: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-traffic-'));
  file = join(directory, 'traffic.log');
  now = 1_000_000;
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const reader = () => new TrafficReader(directory, () => now);

test('requests, errors and percentiles are counted per second and slot', async () => {
  const lines = Array.from(
    { length: 100 },
    (_, n) => `p 999990.5 0.${String(n).padStart(3, '0')} ${n < 3 ? 503 : 200}`,
  );
  writeFileSync(file, `${lines.join('\n')}\ns 999990.1 0.007 200\n`);
  expect(await reader().read()).toEqual([{ t: 999_990, production: [100, 3, 49, 98], staging: [1, 0, 7, 7] }]);
});

test('a second is told once it is over, with what came late', async () => {
  const traffic = reader();
  writeFileSync(file, 'p 999999.1 0.001 200\n');
  expect(await traffic.read()).toEqual([]);
  appendFileSync(file, 'p 999999.2 0.001 200\n');
  now += 2;
  expect(await traffic.read()).toMatchObject([{ t: 999_999, production: [2, 0, 1, 1] }]);
  expect(await traffic.read()).toEqual([]);
});

test('ten minutes are kept, and lines that mean nothing are left out', async () => {
  writeFileSync(file, 'p 999000.0 0.001 200\nrubbish\np x y z\np 999990.0 0.001 200\n');
  const traffic = reader();
  await traffic.read();
  expect(traffic.points.map(({ t }) => t)).toEqual([999_990]);
  now += 700;
  await traffic.read();
  expect(traffic.points).toEqual([]);
});

test('a log that was cut off by its rotation is read on', async () => {
  writeFileSync(file, 'p 999990.0 0.001 200\np 999991.0 0.001 200\n');
  const traffic = reader();
  await traffic.read();
  now += 5;
  writeFileSync(file, 'p 1000001.0 0.001 200\n');
  expect(await traffic.read()).toMatchObject([{ t: 1_000_001 }]);
});
