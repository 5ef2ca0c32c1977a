import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { visible, visibleJson, visibleLines } from './visible.mjs';

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

test.each([
  ['an escape sequence', 'a\u001b[2Jb', 'a\\u{1b}[2Jb'],
  ['the one-byte form of it', 'a\u009b2Jb', 'a\\u{9b}2Jb'],
  ['the end of a line', 'a\r\nb', 'a\\u{d}\\u{a}b'],
  ['a line separator', 'a\u2028b\u2029c', 'a\\u{2028}b\\u{2029}c'],
  ['an override of the direction', 'gpj.\u202eexe', 'gpj.\\u{202e}exe'],
  ['an isolate of it', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
  ['a zero-width space', 'a\u200bb\ufeff', 'a\\u{200b}b\\u{feff}'],
  ['a tag character', 'a\u{e0041}', 'a\\u{e0041}'],
  ['half a character', 'a\ud800b', 'a\\u{d800}b'],
])('%s is shown', (_what, value, shown) => {
  expect(visible(value)).toBe(shown);
});

test('what a person can read stays as it is', () => {
  const name = 'Übergröße 写真 📷 – "50 %" #1.png';
  expect(visible(name)).toBe(name);
});

test('a text keeps the ends of its lines and nothing else that is unseen', () => {
  expect(visibleLines('a\tb\r\nc\rd\u001b[0m\ne')).toBe('a\\u{9}b\nc\\u{d}d\\u{1b}[0m\ne');
});

test('no text leaves anything unseen behind, and JSON gives back what went in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visible(text)).not.toMatch(UNSEEN);
      expect(visibleLines(text).replaceAll('\n', '')).not.toMatch(UNSEEN);
      expect(visibleJson({ text })).not.toMatch(UNSEEN);
      expect(JSON.parse(visibleJson({ text }))).toEqual({ text });
    }),
  );
});
