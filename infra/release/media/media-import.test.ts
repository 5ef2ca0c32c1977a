import { expect, test } from '@jest/globals';
import { inParts } from './media-import.ts';

test('a part has at most 2000 files and 256 MB, but for one file that is larger', () => {
  const sizes = (files: { path: string; bytes: number }[]) => [...inParts(files)].map((part) => part.length);
  const many = Array.from({ length: 4_500 }, (_, index) => ({ path: `${index}`, bytes: 1 }));
  expect(sizes(many)).toEqual([2_000, 2_000, 500]);
  const large = [100, 100, 100, 300, 1].map((megabytes, index) => ({ path: `${index}`, bytes: megabytes * 1024 ** 2 }));
  expect(sizes(large)).toEqual([2, 1, 1, 1]);
  expect(sizes([])).toEqual([]);
});
