import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SlipError } from '../lib/errors.ts';
import { ReleaseJournal } from './journal.ts';
import type { ReleaseEvent } from './phases/steps.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-journal-'));
  file = join(directory, 'releases.ndjson');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function lines(): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a run is written as it goes, each line with its run, and reaches the listener as well', () => {
  const heard: ReleaseEvent[] = [];
  const journal = new ReleaseJournal(file, 'release');
  journal.tee((event) => heard.push(event))({ event: 'step', step: 'build', state: 'started' });
  journal.end({ outcome: 'live', version: 'abc' });
  const [begin, step, end] = lines();
  expect(begin).toMatchObject({ event: 'begin', command: 'release', pid: process.pid });
  expect(step).toMatchObject({ run: begin?.run, event: 'step', step: 'build', state: 'started' });
  expect(end).toMatchObject({ run: begin?.run, event: 'end', outcome: 'live', version: 'abc' });
  expect(heard).toEqual([{ event: 'step', step: 'build', state: 'started' }]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a refusal is written with what was found and what to do', () => {
  const journal = new ReleaseJournal(file, 'promote');
  journal.fail(new SlipError('SLIP-RELEASE-LOCKED', { found: 'held by ada', fix: 'wait', cause: new Error('x') }));
  expect(lines()[1]).toMatchObject({ error: { code: 'SLIP-RELEASE-LOCKED', found: 'held by ada', fix: 'wait' } });
  expect(lines()[1]?.error).not.toHaveProperty('cause');
});

test('a journal that is too long is put aside before a run', () => {
  writeFileSync(file, 'x'.repeat(600 * 1024));
  new ReleaseJournal(file, 'release');
  expect(lines()).toHaveLength(1);
  expect(statSync(`${file}.1`).size).toBe(600 * 1024);
});

test('a journal that cannot be written stops nothing', () => {
  const journal = new ReleaseJournal(join(directory, 'no/such/directory'), 'release');
  const heard: ReleaseEvent[] = [];
  journal.tee((event) => heard.push(event))({ event: 'notice', message: 'hello' });
  expect(heard).toHaveLength(1);
});
