import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DirectoryLock, isLocked } from './directory-lock.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-lock-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

test('only one has the state directory at a time', async () => {
  const first = await DirectoryLock.take(directory);
  expect(await DirectoryLock.take(directory)).toBeUndefined();
  expect(await isLocked(directory)).toBe(true);
  first?.release();
  const second = await DirectoryLock.take(directory);
  expect(second).toBeDefined();
  second?.release();
});

test('a link to the state directory leads to the same lock', async () => {
  const link = `${directory}.link`;
  await symlink(directory, link);
  const lock = await DirectoryLock.take(directory);
  expect(await DirectoryLock.take(link)).toBeUndefined();
  lock?.release();
  await rm(link);
});

test('a directory that is not there is not locked', async () => {
  expect(await isLocked(join(directory, 'missing'))).toBe(false);
});
