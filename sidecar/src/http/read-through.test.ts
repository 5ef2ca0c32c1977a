import { describe, expect, test } from '@jest/globals';
import { parseRange } from './read-through.ts';

describe('a Range header', () => {
  test.each([
    ['bytes=0-9', { kind: 'range', range: { offset: 0, count: 10 } }],
    ['bytes=5-', { kind: 'range', range: { offset: 5 } }],
    ['bytes=-5', { kind: 'last', count: 5 }],
    ['bytes=9-5', { kind: 'all' }],
    ['bytes=-', { kind: 'all' }],
    ['bytes=0-1,5-6', { kind: 'all' }],
    ['items=0-1', { kind: 'all' }],
    [undefined, { kind: 'all' }],
  ])('%s', (header, expected) => {
    expect(parseRange(header)).toEqual(expected);
  });
});
