import { expect, test } from '@jest/globals';
import { compareMedia } from './media-comparison.ts';

const expected = new Map([
  ['a.png', '1'],
  ['b.png', '2'],
]);

test('files with the bytes of their snapshots are equal, and nothing is lost', () => {
  expect(compareMedia(expected, expected, expected)).toEqual({ files: 2, different: [], lost: [] });
});

test('a file that is missing, has other bytes or was never there is a difference', () => {
  const restored = new Map([
    ['b.png', 'x'],
    ['c.png', '3'],
  ]);
  expect(compareMedia(expected, restored, expected).different).toEqual(['a.png', 'b.png', 'c.png']);
});

test('what was written or overwritten after the snapshots is lost; what was deleted since is not', () => {
  const atEnd = new Map([
    ['b.png', 'overwritten'],
    ['new.png', '3'],
  ]);
  expect(compareMedia(expected, expected, atEnd)).toEqual({ files: 2, different: [], lost: ['b.png', 'new.png'] });
});
