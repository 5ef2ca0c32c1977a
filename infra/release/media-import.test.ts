import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { inParts, listMedia } from './media-import.ts';

test('regular files are taken with their folders, links are named and not followed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sw-media-'));
  await mkdir(join(directory, '2026/11'), { recursive: true });
  await writeFile(join(directory, '2026/11/a b#1.png'), 'bytes');
  await writeFile(join(directory, 'z.png'), '');
  await symlink('/etc/passwd', join(directory, 'secret'));
  expect(await listMedia(directory)).toEqual({
    files: [
      { path: '2026/11/a b#1.png', bytes: 5 },
      { path: 'z.png', bytes: 0 },
    ],
    skipped: [{ name: 'secret', reason: 'no regular file' }],
  });
  await rm(directory, { recursive: true });
});

test('all names are judged by the sidecar’s rule; the good ones are taken, the others named with the reason', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sw-media-'));
  await mkdir(join(directory, 'sub'));
  for (const name of ['a:b.txt', '.DS_Store', 'sub/.hidden', 'Case.png', 'case.png', 'trailing ', 'été.png', 'sub/x#1'])
    await writeFile(join(directory, name), 'x');
  await writeFile(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0x66, 0xff])]), 'x');
  const { files, skipped } = await listMedia(directory);
  expect(files.map(({ path }) => path)).toEqual(['Case.png', 'sub/x#1', 'été.png']);
  expect(Object.fromEntries(skipped.map(({ name, reason }) => [name, reason]))).toEqual({
    '.DS_Store': 'a dot file',
    'a:b.txt': 'the character : in the name, which SMB cannot hold',
    'case.png': 'differs from Case.png in case only',
    'f\ufffd': 'a name that is not UTF-8',
    'sub/.hidden': 'a dot file',
    'trailing ': 'a trailing dot or space in the name, which SMB cannot hold',
  });
  await rm(directory, { recursive: true });
});

test('a directory that is not there is refused with its name', async () => {
  await expect(listMedia('/nowhere/at/all')).rejects.toMatchObject({ code: 'SLIP-MEDIA-DIRECTORY' });
});

test('a part has at most 2000 files and 256 MB, but for one file that is larger', () => {
  const sizes = (files: { path: string; bytes: number }[]) => [...inParts(files)].map((part) => part.length);
  const many = Array.from({ length: 4_500 }, (_, index) => ({ path: `${index}`, bytes: 1 }));
  expect(sizes(many)).toEqual([2_000, 2_000, 500]);
  const large = [100, 100, 100, 300, 1].map((megabytes, index) => ({ path: `${index}`, bytes: megabytes * 1024 ** 2 }));
  expect(sizes(large)).toEqual([2, 1, 1, 1]);
  expect(sizes([])).toEqual([]);
});
