import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linesBackwards } from './lines-backwards.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-lines-'));
  file = join(directory, 'x.log');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function read(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesBackwards(file)) lines.push(line);
  return lines;
}

test('the newest line comes first, and one that is being written is left out', async () => {
  writeFileSync(file, 'one\n\ntwo\nthree\nfou');
  expect(await read()).toEqual(['three', 'two', 'one']);
});

test('a file that is not there, an empty one and one without a whole line have none', async () => {
  expect(await read()).toEqual([]);
  writeFileSync(file, '');
  expect(await read()).toEqual([]);
  writeFileSync(file, 'half');
  expect(await read()).toEqual([]);
});

test('lines of any length come whole, wherever the chunks divide them', async () => {
  const line = fc.tuple(fc.integer({ min: 1, max: 400_000 }), fc.constantFrom('a', 'ä', '🦊'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 6 }),
      fc.constantFrom('', 'half', 'h'.repeat(300_000)),
      async (made, tail) => {
        const lines = made.map(([length, letter]) => letter.repeat(Math.ceil(length / 2)));
        writeFileSync(file, lines.map((each) => `${each}\n`).join('') + tail);
        expect(await read()).toEqual(lines.reverse());
      },
    ),
    { numRuns: 40 },
  );
});
