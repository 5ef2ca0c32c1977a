import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { LogRotation } from './log-rotation.ts';

test('a log that is too long is truncated after its content was copied, and others stay', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sw-logs-'));
  const long = join(directory, 'long.log');
  const short = join(directory, 'short.log');
  await appendFile(long, 'x'.repeat(101));
  await appendFile(short, 'short');
  await new LogRotation(directory, 100).rotate();
  await appendFile(long, 'next');
  expect(await readFile(long, 'utf8')).toBe('next');
  expect((await readFile(`${long}.1`, 'utf8')).length).toBe(101);
  expect(await readFile(short, 'utf8')).toBe('short');
  await rm(directory, { recursive: true });
});
