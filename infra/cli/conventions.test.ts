import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const files = globSync('{infra,sidecar}/**/*.{ts,mjs}', { cwd: root, exclude: ['**/node_modules'] });

/** `file:line` of each line that the pattern matches. */
function linesWith(pattern: RegExp): string[] {
  return files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
  );
}

test('the word private stands only before a constructor', () => {
  expect(files.length).toBeGreaterThan(300);
  expect(linesWith(/^\s+private (?!constructor\b)(?!function\b)/)).toEqual([]);
});

test('a timer as a promise is called sleep', () => {
  const clock = 'infra/lib/clock.ts';
  const timers = linesWith(/^import .* from 'node:timers\/promises'/).filter((line) => !line.startsWith(clock));
  expect(timers.length).toBeGreaterThan(5);
  expect(
    timers.filter((line) => !line.endsWith("import { setTimeout as sleep } from 'node:timers/promises';")),
  ).toEqual([]);
});

test('a fixed number, text or pattern of a module is CONSTANT_CASE', () => {
  const fixed = /^(export )?const [a-z]\w* = (-?[\d._]+( [*/+-] [\d._]+)*|'[^']*'|`[^`$]*`|\/.+\/[a-z]*);$/;
  expect(linesWith(fixed)).toEqual([]);
});
