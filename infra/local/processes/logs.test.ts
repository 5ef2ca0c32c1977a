import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { statePaths } from '../state/paths.ts';
import { type LogChoice, type LogLine, newestLogs, regionLogs } from './logs.ts';

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

describe('the choice of lines', () => {
  const minute = 60_000;
  const line = (seconds: number, message: string, extra = {}): string =>
    JSON.stringify({ time: new Date(seconds * 1000).toISOString(), message, ...extra });

  beforeEach(async () => {
    const { logs, site } = statePaths(stateDir);
    await writeFile(site, JSON.stringify({ slots: { production: { worker: 'b' }, staging: { worker: 'a' } } }));
    await writeFile(join(logs, 'sidecar-b.log.1'), `${line(100, 'old')}\n`);
    await writeFile(join(logs, 'sidecar-b.log'), `${line(200, 'two', { traceId: 'f00d' })}\nhas no time\n`);
    await writeFile(join(logs, 'sidecar-a.log'), `${line(150, 'one')}\n${line(250, 'three')}\n`);
  });

  async function messages(choice: LogChoice): Promise<string[]> {
    return (await newestLogs(stateDir, { process: 'sidecar', ...choice }, 10)).map(
      ({ message }) => message.split('  ')[0] ?? '',
    );
  }

  test('lines of several processes are in the order of their times, the log before the present one included', async () => {
    expect(await messages({})).toEqual(['old', 'one', 'two', 'has no time', 'three']);
  });

  test('a slot has the lines of the worker that serves it now', async () => {
    expect(await messages({ slot: 'production' })).toEqual(['old', 'two', 'has no time']);
    expect(await messages({ slot: 'staging' })).toEqual(['one', 'three']);
  });

  test('since, a trace and a text leave out the rest', async () => {
    expect(await messages({ since: 190_000 })).toEqual(['two', 'has no time', 'three']);
    expect(await messages({ since: 10 * minute })).toEqual([]);
    expect(await messages({ trace: 'f00d' })).toEqual(['two']);
    expect(await messages({ text: 'THREE' })).toEqual(['three']);
  });

  test('of each log the newest are given, up to the limit', async () => {
    expect((await newestLogs(stateDir, { process: 'sidecar' }, 1)).map(({ message }) => message)).toEqual([
      'has no time',
      'three',
    ]);
  });

  test('following begins where the first lines ended, and a log that was cut off is read on', async () => {
    const { logs } = statePaths(stateDir);
    const seen: string[] = [];
    for await (const { message } of regionLogs({ stateDir, follow: true, process: 'sidecar-a' })) {
      seen.push(message);
      if (message === 'three') await appendFile(join(logs, 'sidecar-a.log'), `${line(300, 'four')}\n`);
      if (message === 'four') await writeFile(join(logs, 'sidecar-a.log'), `${line(400, 'five')}\n`);
      if (message === 'five') break;
    }
    expect(seen).toEqual(['one', 'three', 'four', 'five']);
  });
});
