import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { memoryContext } from '../../testbed/memory-context.ts';
import type { Folders } from './folders.ts';
import { setAside } from './set-aside.ts';

let folders: Folders;
beforeEach(() => {
  ({ folders } = memoryContext());
});
afterEach(() => rmSync(folders.root, { recursive: true, force: true }));

test('a file, one that is never carried, a folder and a conflict are moved, and nothing is overwritten', async () => {
  mkdirSync(join(folders.outbox, 'folder'));
  for (const name of ['a', 'question?', 'folder/b']) writeFileSync(join(folders.outbox, name), 'outbox');
  writeFileSync(join(folders.conflicts, 'a'), 'conflict');
  expect(await setAside(folders, 'a')).toEqual({ kind: 'set aside', movedTo: 'a' });
  expect(await setAside(folders, 'a')).toEqual({ kind: 'set aside', movedTo: expect.stringMatching(/^again-.*\/a$/) });
  expect(await setAside(folders, 'a')).toEqual({ kind: 'unknown' });
  expect(await setAside(folders, 'question?')).toMatchObject({ kind: 'set aside' });
  const folder = await setAside(folders, 'folder/');
  expect(readFileSync(join(folders.setAside, 'a'), 'utf8')).toBe('outbox');
  expect(folder.kind === 'set aside' && existsSync(join(folders.setAside, folder.movedTo, 'b'))).toBe(true);
});

test('a name leads nowhere else: not by its segments, and not through a link', async () => {
  writeFileSync(join(folders.root, 'secret'), 'x');
  symlinkSync(folders.root, join(folders.outbox, 'link'));
  for (const name of ['', '.', '..', '../secret', 'a/../../secret', '/etc', 'a//b', 'a\0b'])
    expect([name, (await setAside(folders, name)).kind]).toEqual([name, 'invalid']);
  expect(await setAside(folders, 'link/secret')).toEqual({ kind: 'unknown' });
  expect(existsSync(join(folders.root, 'secret'))).toBe(true);
  // The link itself is reported, so it can be set aside.
  expect(await setAside(folders, 'link')).toMatchObject({ kind: 'set aside' });
});
