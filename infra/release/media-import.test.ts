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
    skipped: ['secret'],
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
