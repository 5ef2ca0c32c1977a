import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createStateDirectories, readJson, writeJson } from './files.ts';
import { statePaths } from './paths.ts';

test('a file is replaced whole, and one that was cut off reads as missing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sw-state-'));
  const file = join(directory, 'it.json');
  await writeJson(file, { value: 1 });
  await writeJson(file, { value: 2 });
  expect(await readJson(file)).toEqual({ value: 2 });
  await writeFile(file, '{"value":');
  expect(await readJson(file)).toBeUndefined();
  await rm(directory, { recursive: true });
});

describe('a state directory', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sw-state-'));
    await chmod(directory, 0o755);
  });
  afterEach(() => rm(directory, { recursive: true }));

  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

  test('that others could enter becomes private, when it is empty and when it is a region’s', async () => {
    await createStateDirectories(statePaths(directory));
    expect(await modeOf(directory)).toBe('700');
    await chmod(directory, 0o755);
    await createStateDirectories(statePaths(directory));
    expect(await modeOf(directory)).toBe('700');
    for (const part of ['mysql', 'tls', 'logs', 'workers']) expect(await modeOf(join(directory, part))).toBe('700');
  });

  test('that others can enter and that holds other things is refused and left as it is', async () => {
    await mkdir(join(directory, 'holiday pictures'));
    await expect(createStateDirectories(statePaths(directory))).rejects.toThrow('SLIP-LOCAL-NOT-PRIVATE');
    expect(await modeOf(directory)).toBe('755');
  });
});
