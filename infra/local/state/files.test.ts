import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readJson, writeJson } from './files.ts';

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
