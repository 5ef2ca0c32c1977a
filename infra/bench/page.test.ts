import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeSection } from './page.ts';

test('a bench run again replaces its own section and no other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sw-bench-'));
  const page = join(folder, 'benchmarks.md');
  const write = (title: string, markdown: string) => writeSection(page, { title, markdown, rawFile: '' });
  await write('One', 'first');
  await write('Two', 'second');
  await write('One', 'third');
  const text = await readFile(page, 'utf8');
  expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual(['# Benchmarks', '## One', '## Two']);
  expect([text.includes('first'), text.includes('third'), text.includes('second')]).toEqual([false, true, true]);
  await rm(folder, { recursive: true });
});
