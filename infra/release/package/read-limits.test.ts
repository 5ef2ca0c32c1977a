import { expect, test } from '@jest/globals';
import { ReadLimits } from './read-limits.ts';

const MEGABYTE = 1024 ** 2;

/** What is too much of as many migrations of a size; undefined when nothing is. */
function excess(files: number, bytes: number): string | undefined {
  const limits = new ReadLimits();
  let found: string | undefined;
  for (let number = 0; number < files && found === undefined; number++) {
    found = limits.excess(`migrations/Version${number}.php`, bytes);
  }
  return found;
}

test.each([
  { files: 1000, bytes: 1024, found: undefined },
  { files: 1001, bytes: 1024, found: 'it holds more than 1000 migrations' },
  { files: 1, bytes: MEGABYTE, found: undefined },
  { files: 1, bytes: MEGABYTE + 1, found: 'migrations/Version0.php is larger than 1 MB' },
  { files: 16, bytes: MEGABYTE, found: undefined },
  { files: 17, bytes: MEGABYTE, found: 'its migrations are larger than 16 MB together' },
])('of $files migrations of $bytes bytes: $found', ({ files, bytes, found }) => {
  expect(excess(files, bytes)).toBe(found);
});
