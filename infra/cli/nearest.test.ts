import { expect, test } from '@jest/globals';
import { didYouMean, nearest } from './nearest.ts';

const commands = ['release', 'reset', 'resources', 'rollback', 'status', 'start', 'stop', 'test'];

test.each([
  ['relase', 'release'],
  ['releaes', 'release'],
  ['Release', 'release'],
  ['statsu', 'status'],
  ['rolback', 'rollback'],
  ['rolbak', 'rollback'],
  ['strat', 'start'],
  ['stpo', 'stop'],
  ['tset', 'test'],
])('%s is taken for %s', (typed, meant) => {
  expect(nearest(typed, commands)).toBe(meant);
});

test.each(['deploy', 'x', '', 'up'])('"%s" is near to nothing', (typed) => {
  expect(nearest(typed, commands)).toBeUndefined();
  expect(didYouMean(typed, commands)).toBe('');
});
