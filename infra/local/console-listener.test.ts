import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { freePort } from '../lib/free-port.ts';
import { startTimeOf } from '../lib/process-facts.mjs';
import { eventually } from '../testbed/eventually.ts';
import { ConsoleListener } from './console-listener.ts';

let directory: string;
let listener: ConsoleListener;
let url: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-console-'));
  const port = await freePort(new Set());
  const program = join(import.meta.dirname, 'console-program.fixture.mjs');
  listener = new ConsoleListener({ port, program, stateDir: directory, logFile: join(directory, 'console.log') });
  await listener.listen();
  url = `http://127.0.0.1:${port}`;
});

afterEach(async () => {
  await listener.close();
  await rm(directory, { recursive: true, force: true });
});

/** Pid of the process that answers. Each request has a connection of its own. */
async function pidBehind(path = '/'): Promise<number> {
  const signal = AbortSignal.timeout(30_000);
  const answer = await fetch(url + path, { headers: { connection: 'close' }, signal });
  return Number(await answer.text());
}

const isGone = (pid: number) => startTimeOf(pid) === undefined;

test('the first connection starts the process, and it serves the next ones', async () => {
  expect(listener.pid).toBeUndefined();
  const pid = await pidBehind();
  expect(listener.pid).toBe(pid);
  expect(await pidBehind()).toBe(pid);
});

test('a process that crashes is replaced by the next connection', async () => {
  const pid = await pidBehind();
  await expect(pidBehind('/crash')).rejects.toThrow();
  await eventually('the process is gone', () => isGone(pid));
  await eventually('another one serves', async () => (await pidBehind().catch(() => pid)) !== pid);
});

test('whoever waits for a process that dies before it takes the connection is told', async () => {
  await pidBehind();
  const hanging = pidBehind('/hang');
  const others = Array.from({ length: 4 }, () => pidBehind());
  const ends = await Promise.allSettled([hanging, ...others]);
  const waited = ends.filter((end) => end.status === 'rejected' && end.reason.name === 'TimeoutError');
  expect(waited).toEqual([]);
});

test('a process that is idle ends, and the next connection starts another', async () => {
  const pid = await pidBehind('/idle');
  await eventually('the process is gone', () => isGone(pid) && listener.pid === undefined);
  expect(await pidBehind()).not.toBe(pid);
});

test('a process that does not know of its latest connection yet goes on', async () => {
  const pid = await pidBehind('/not-idle');
  expect(await pidBehind()).toBe(pid);
});

test('the process ends with the listener', async () => {
  const pid = await pidBehind();
  await listener.close();
  expect(isGone(pid)).toBe(true);
});
