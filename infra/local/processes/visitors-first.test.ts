import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { startBehindVisitors, stopBehindVisitors } from './visitors-first.ts';

const LEADER = 4711;
let procDirectory: string;
let file: string;

beforeEach(async () => {
  procDirectory = await mkdtemp(join(tmpdir(), 'sw-proc-'));
  file = join(procDirectory, String(LEADER), 'autogroup');
  await mkdir(join(procDirectory, String(LEADER)));
  await writeFile(file, '');
});
afterEach(() => rm(procDirectory, { recursive: true, force: true }));

/** A file of /proc takes each write as a whole. This one keeps a second digit that the later write does not have. */
const written = () => readFile(file, 'utf8');

test('a container that starts has a low priority until its start is over', async () => {
  const startIsOver = new AbortController();
  const done = startBehindVisitors(LEADER, startIsOver.signal, { procDirectory, startingMs: 3_600_000 });
  await eventually('the priority is low', async () => (await written()) === '15');
  startIsOver.abort();
  await done;
  expect(await written()).toMatch(/^0/);
});

test('after the time of a start its priority is the normal one', async () => {
  await startBehindVisitors(LEADER, new AbortController().signal, { procDirectory, startingMs: 0 });
  expect(await written()).toMatch(/^0/);
});

test('a container that ends has a low priority', async () => {
  await stopBehindVisitors(LEADER, { procDirectory });
  expect(await written()).toBe('15');
});

test('a kernel without autogroups changes nothing and waits for nothing', async () => {
  await rm(file);
  await stopBehindVisitors(LEADER, { procDirectory });
  await startBehindVisitors(LEADER, new AbortController().signal, { procDirectory, startingMs: 3_600_000 });
  await expect(written()).rejects.toThrow('ENOENT');
});
