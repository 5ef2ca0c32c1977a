import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readJson, statePaths, writeJson } from './state.ts';

describe('a state directory', () => {
  test('whose sockets would have paths too long for Linux is refused with its length', () => {
    expect(() => statePaths(`/tmp/${'x'.repeat(80)}`)).toThrow(/SLIP-LOCAL-PATH.*85 bytes/);
    expect(statePaths('/tmp/short').root).toBe('/tmp/short');
  });

  test('with characters that configurations read as something else is refused', () => {
    for (const name of ['with space', 'semi;colon', 'dollar$', 'quote"']) {
      expect(() => statePaths(`/tmp/${name}`)).toThrow('SLIP-LOCAL-PATH');
    }
  });
});

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
