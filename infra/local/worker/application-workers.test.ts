import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startTimeOf } from '../../lib/process-facts.mjs';
import { endApplicationWorkers, readApplicationWorkers, readDeclaration } from './application-workers.ts';

let scratch: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sw-app-workers-'));
  await mkdir(join(scratch, 'slipway/workers'), { recursive: true });
  await mkdir(join(scratch, 'workers'));
});

afterEach(() => rm(scratch, { recursive: true, force: true }));

const report = {
  at: 1000,
  instance: 'local-a',
  pid: process.pid,
  workers: [
    { name: 'queue', pid: process.pid, restarts: 2, lastExit: { at: '2026-11-28T10:00:00Z', reason: 'exit code 1' } },
    { name: 'mails', pid: null, restarts: 0, lastExit: null },
  ],
  schedule: [{ entry: '* * * * *', pid: null, lastRun: '2026-11-28T10:00:00Z', lastExit: null, lastSkip: null }],
};

const put = (name: string, content: object) =>
  writeFile(join(scratch, 'slipway/workers', name), JSON.stringify(content));

test('the workers of an instance are those that its supervisor named last', async () => {
  await put('other.json', { ...report, instance: 'local-b' });
  await put('it.json', report);
  expect(await readApplicationWorkers(scratch, 'local-a', 1_001_000)).toEqual({
    workers: report.workers,
    schedule: report.schedule,
  });
});

test.each([
  ['that is old', { ...report, at: 900 }],
  ['of a supervisor that is gone', { ...report, pid: 2 ** 22 }],
  ['that is broken', {}],
])('a report %s says nothing', async (_, content) => {
  await put('it.json', content);
  expect(await readApplicationWorkers(scratch, 'local-a', 1_001_000)).toEqual({ workers: [], schedule: [] });
});

test('a slot is declared live with the version in its file', async () => {
  expect(await readDeclaration(scratch)).toBeNull();
  await writeFile(join(scratch, 'slipway/live'), 'v1\n');
  expect(await readDeclaration(scratch)).toBe('v1');
});

test('nothing of a container’s workers outlives it, and a process that only has the number of one is left alone', async () => {
  const [worker, stranger] = [1, 2].map(() => spawn('sleep', ['600'], { detached: true }));
  try {
    const ended = once(worker ?? process, 'exit');
    const record = { [String(worker?.pid)]: startTimeOf(worker?.pid ?? 0), [String(stranger?.pid)]: 'another' };
    await writeFile(join(scratch, 'workers/running.json'), JSON.stringify(record));
    await endApplicationWorkers(scratch);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(startTimeOf(stranger?.pid ?? 0)).toBeDefined();
  } finally {
    for (const child of [worker, stranger]) child?.kill('SIGKILL');
  }
});
