import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listMedia } from './media-listing.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sw-media-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function put(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), 'bytes');
  }
}

const pathsOf = async () => (await listMedia(directory)).files.map(({ path }) => path);
const reasons = async () =>
  Object.fromEntries((await listMedia(directory)).skipped.map(({ name, reason }) => [name, reason]));

test('regular files are taken with their folders, links are named and not followed', async () => {
  await put('2026/11/a b#1.png', 'z.png');
  await symlink('/etc/passwd', join(directory, 'secret'));
  await symlink('/etc', join(directory, 'folder'));
  expect(await listMedia(directory)).toEqual({
    files: [
      { path: '2026/11/a b#1.png', bytes: 5 },
      { path: 'z.png', bytes: 5 },
    ],
    skipped: [
      { name: 'folder', reason: 'no regular file' },
      { name: 'secret', reason: 'no regular file' },
    ],
  });
});

test('names that the sidecar would not carry stay, each with its reason, and stop no other', async () => {
  await put('good.png', 'a:b.txt', 'back\\slash', 'line\nbreak', 'dot./x.png', `${'n'.repeat(255)}`, 'sub/why?.png');
  expect(await pathsOf()).toEqual(['good.png', 'n'.repeat(255)]);
  expect(await reasons()).toEqual({
    'a:b.txt': 'the character : in the name, which SMB cannot hold',
    'back\\slash': 'the character \\ in the name, which SMB cannot hold',
    'line\nbreak': 'a control character in the name',
    'dot./': 'a trailing dot or space in the name, which SMB cannot hold',
    'sub/why?.png': 'the character ? in the name, which SMB cannot hold',
  });
});

test('a name that is not UTF-8 stays', async () => {
  await put('good.png');
  await writeFile(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0x66, 0xfc, 0x72])]), 'bytes');
  expect(await pathsOf()).toEqual(['good.png']);
  expect(Object.values(await reasons())).toEqual(['a name that is not UTF-8']);
});

test('dot files and folders stay, and a folder is named once', async () => {
  await put('.DS_Store', 'sub/.DS_Store', '.git/config', '.git/objects/aa', 'sub/x.png', '.tmp-x');
  expect(await pathsOf()).toEqual(['sub/x.png']);
  expect(Object.keys(await reasons())).toEqual(['.DS_Store', '.git/', '.tmp-x', 'sub/.DS_Store']);
});

test('of names that differ in case only the first is taken, of folders too, and everything else', async () => {
  await put('A.png', 'a.png', 'Album/1.png', 'album/2.png', 'other/1.png', 'Name', 'name/x.png', 'b.png');
  expect(await pathsOf()).toEqual(['A.png', 'Album/1.png', 'Name', 'b.png', 'other/1.png']);
  const why = (other: string) => `differs from ${other} in case only, and the share that holds the outbox ignores case`;
  expect(await reasons()).toEqual({ 'a.png': why('A.png'), 'album/2.png': why('Album'), 'name/x.png': why('Name') });
});

test.each([
  ['file', 'secret.png'],
  ['folder', 'secret/x.png'],
])('a %s that cannot be read stays', async (_kind, name) => {
  await put('good.png', name);
  await chmod(join(directory, name.split('/')[0] ?? ''), 0o000);
  // Root reads everything.
  const readable = process.getuid?.() === 0 ? ['good.png', name] : ['good.png'];
  expect(await pathsOf()).toEqual(readable);
  await chmod(join(directory, name.split('/')[0] ?? ''), 0o700);
});

test('a directory that is not there is refused with its name', async () => {
  await expect(listMedia('/nowhere/at/all')).rejects.toMatchObject({ code: 'SLIP-MEDIA-DIRECTORY' });
});
