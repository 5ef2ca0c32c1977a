import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { LineFile } from './line-file.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-lines-'));
  path = join(directory, 'x.log');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('each reading gives the lines that were added, and half a line only when it is whole', async () => {
  const file = new LineFile(path, 1_000);
  expect(await file.read()).toEqual([]);
  writeFileSync(path, 'one\ntwo\nthr');
  expect(await file.read()).toEqual(['one', 'two']);
  appendFileSync(path, 'ee\n');
  expect(await file.read()).toEqual(['three']);
  expect(await file.read()).toEqual([]);
});

test('the first reading begins with a whole line near the end', async () => {
  writeFileSync(path, `${'x'.repeat(50)}\nlast\n`);
  expect(await new LineFile(path, 10).read()).toEqual(['last']);
});

test('a file that was cut off or replaced is read from its beginning', async () => {
  writeFileSync(path, 'one\ntwo\n');
  const file = new LineFile(path, 1_000);
  await file.read();
  truncateSync(path);
  appendFileSync(path, 'new\n');
  expect(await file.read()).toEqual(['new']);
  writeFileSync(join(directory, 'other'), 'a much longer line than before\n');
  renameSync(join(directory, 'other'), path);
  expect(await file.read()).toEqual(['a much longer line than before']);
});

test('characters of several bytes that two chunks share stay whole', async () => {
  const text = 'ä'.repeat(300_000);
  writeFileSync(path, `${text}\n`);
  expect(await new LineFile(path, 1_000_000).read()).toEqual([text]);
});
