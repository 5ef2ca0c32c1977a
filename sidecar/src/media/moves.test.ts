import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { moveAside } from './moves.ts';

describe('moving aside', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'slipway-moves-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test('keeps every one of many files of one name that are moved at the same moment', async () => {
    const sources = Array.from({ length: 100 }, (_, at) => join(root, `source-${at}`));
    await Promise.all(sources.map((source) => writeFile(source, source)));
    const places = await Promise.all(sources.map((source) => moveAside(source, join(root, 'aside'), 'a/name')));
    expect(places.filter((place) => place === 'a/name')).toHaveLength(1);
    const contents = await Promise.all(places.map((place) => readFile(join(root, 'aside', place ?? ''), 'utf8')));
    expect(contents).toEqual(sources);
  });

  test('finds a place also where a folder, or a file as a folder, stands in the way', async () => {
    await mkdir(join(root, 'aside/name'), { recursive: true });
    await writeFile(join(root, 'aside/file'), 'first');
    for (const path of ['name', 'file/below']) {
      await writeFile(join(root, 'source'), path);
      const place = await moveAside(join(root, 'source'), join(root, 'aside'), path);
      expect(await readFile(join(root, 'aside', place ?? ''), 'utf8')).toBe(path);
    }
    expect(await readFile(join(root, 'aside/file'), 'utf8')).toBe('first');
  });

  test('leaves nothing behind when the file had gone', async () => {
    expect(await moveAside(join(root, 'none'), join(root, 'aside'), 'name')).toBeUndefined();
    expect(await readdir(join(root, 'aside'))).toEqual([]);
  });
});
