import { expect, test } from '@jest/globals';
import { asObject, fieldOf, isObject, listOf, parseObject, textOf } from './json.ts';

test.each([null, undefined, [], 'text', 7, true])('%p is no object and becomes an empty one', (value) => {
  expect(isObject(value)).toBe(false);
  expect(asObject(value)).toEqual({});
});

test('an object stays itself', () => {
  const value = { a: 1 };
  expect(isObject(value)).toBe(true);
  expect(asObject(value)).toBe(value);
});

test.each(['', '{', '[1]', 'null', '"text"'])('the text %p holds no object', (text) => {
  expect(parseObject(text)).toEqual({});
});

test('a field below something that is no object is absent, of no type and in no list', () => {
  const value: unknown = { a: { b: 'text', c: [1] }, d: null };
  expect(fieldOf(value, 'a', 'b')).toBe('text');
  expect(fieldOf(value, 'd', 'b')).toBeUndefined();
  expect(textOf(value, 'a', 'b')).toBe('text');
  expect(textOf(value, 'a', 'c')).toBe('');
  expect(listOf(value, 'a', 'c')).toEqual([1]);
  expect(listOf(value, 'a', 'b')).toEqual([]);
});
