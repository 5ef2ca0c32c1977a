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
  ['ROLLBACK', 'rollback'],
])('%s is taken for %s', (typed, meant) => {
  expect(nearest(typed, commands)).toBe(meant);
});

test.each(['deploy', 'x', '', 'up'])('"%s" is near to nothing', (typed) => {
  expect(nearest(typed, commands)).toBeUndefined();
  expect(didYouMean(typed, commands)).toBe('');
});

test.each([
  ['a short word with all its letters changed', 'ab', 'xy'],
  ['a word with half of its letters exchanged with others', 'xa', 'ay'],
  ['a word with three changes', 'rolbik', 'rollback'],
])('%s is another word', (_what, typed, known) => {
  expect(nearest(typed, [known])).toBeUndefined();
});

test('the word itself is the nearest, also with a letter twice', () => {
  expect(nearest('feed', ['fed', 'feed'])).toBe('feed');
  expect(nearest('aa', ['ab', 'aa'])).toBe('aa');
});
