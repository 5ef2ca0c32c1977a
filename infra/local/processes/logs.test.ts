import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { statePaths } from '../state/paths.ts';
import { type LogLine, regionLogs } from './logs.ts';

let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sw-logs-'));
  const { logs } = statePaths(stateDir);
  await mkdir(logs, { recursive: true });
  await writeFile(join(logs, 'redis.log'), 'ready\n');
  const lines = ['nginx', '{"process":"worker.queue","message":"a job"}', '{"process":"schedule","message":"a run"}'];
  await writeFile(join(logs, 'worker-a.log'), `${lines.join('\n')}\n`);
});

afterEach(() => rm(stateDir, { recursive: true, force: true }));

async function shown(process?: string): Promise<string[]> {
  const lines: LogLine[] = [];
  const options = { stateDir, follow: false, ...(process === undefined ? {} : { process }) };
  for await (const line of regionLogs(options)) lines.push(line);
  return lines.map((line) => line.process);
}

test('every line has the name of its process, those of workers and schedule too', async () => {
  expect(await shown()).toEqual(['redis', 'worker-a', 'worker.queue-a', 'schedule-a']);
});

test.each([
  ['worker.queue', ['worker.queue-a']],
  ['schedule', ['schedule-a']],
  ['worker', ['worker-a', 'worker.queue-a', 'schedule-a']],
  ['worker-a', ['worker-a', 'worker.queue-a', 'schedule-a']],
  ['redis', ['redis']],
])('of %s alone: %j', async (process, lines) => {
  expect(await shown(process)).toEqual(lines);
});

test('a process that has no log is refused', async () => {
  await expect(shown('queue')).rejects.toMatchObject({ code: 'SLIP-LOCAL-LOG' });
});
