import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readSourceState } from '../package/source-state.ts';
import { uncommittedChanges } from './uncommitted-changes.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-git-'));
  await writeFile(join(directory, 'a'), '1');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function git(...args: string[]): Promise<void> {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  await promisify(execFile)('git', [...identity, ...args], { cwd: directory });
}

test('a tree with an uncommitted file is refused by its name, and passes with --dirty', async () => {
  await git('init', '-q');
  await git('add', 'a');
  await git('commit', '-qm', 'a');
  await writeFile(join(directory, 'ü b'), '2');
  const source = await readSourceState(directory);
  expect(source?.changed).toEqual(['ü b']);
  expect(() => uncommittedChanges.check({ source, allowDirty: false })).toThrow(/1 uncommitted changes: ü b/);
  expect(uncommittedChanges.check({ source, allowDirty: true })).toMatch(/1 uncommitted/);
});

test('a committed tree passes and has a commit', async () => {
  await git('init', '-q');
  await git('add', 'a');
  await git('commit', '-qm', 'a');
  const source = await readSourceState(directory);
  expect(source).toEqual({ commit: expect.stringMatching(/^[0-9a-f]{40}$/), changed: [] });
  expect(uncommittedChanges.check({ source, allowDirty: false })).toBeUndefined();
});

test('a tree of which git cannot say how it is, is not taken for one without version control', async () => {
  await git('init', '-q');
  await expect(readSourceState(directory)).rejects.toMatchObject({ code: 'SLIP-RELEASE-GIT' });
});

test('a tree that is not under version control passes, and the note says so', async () => {
  const source = await readSourceState(directory);
  expect(uncommittedChanges.check({ source, allowDirty: false })).toMatch(/not under version control/);
});
