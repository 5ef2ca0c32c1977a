import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { pidIn } from './pid-file.ts';

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sw-pid-'));
  file = join(directory, 'nginx.pid');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

test('names a process that was started with a file beside it, and only while it runs', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()', join(directory, 'nginx.conf')], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(child, 'spawn');
  await writeFile(file, `${child.pid}\n`);
  // A process has no title yet in the first moment of its program.
  await eventually('the process is named', async () => (await pidIn(file)) === child.pid);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(await pidIn(file)).toBeNull();
});

test('names no other process that got the number', async () => {
  await writeFile(file, String(process.pid));
  expect(await pidIn(file)).toBeNull();
});

test.each(['', 'none', '0', '-1'])('names nobody for %j', async (text) => {
  await writeFile(file, text);
  expect(await pidIn(file)).toBeNull();
});

test('names nobody without a file', async () => {
  expect(await pidIn(file)).toBeNull();
});
