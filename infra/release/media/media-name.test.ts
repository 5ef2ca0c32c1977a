import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pathProblem as sidecarProblem } from '../../../sidecar/src/media/names.ts';
import table from '../../../sidecar/testbed/media-names.json' with { type: 'json' };
import { importProblem, pathProblem, shareKey } from './media-name.ts';

type Spelling = string | (string | [string, number])[];

const spell = (parts: Spelling): string =>
  typeof parts === 'string'
    ? parts
    : parts.map((part) => (typeof part === 'string' ? part : part[0].repeat(part[1]))).join('');

test('the table of names that sidecar and web application share is judged alike', () => {
  const taken = (table.taken as Spelling[]).map(spell);
  const refused = (table.refused as Spelling[]).map(spell);
  expect(taken.length).toBeGreaterThan(10);
  expect(taken.filter((name) => pathProblem(name) !== undefined)).toEqual([]);
  expect(refused.filter((name) => pathProblem(name) === undefined)).toEqual([]);
});

test('the sidecar and an import agree about every name', () => {
  const odd = fc.constantFrom(...'./ %2eE":\\*?|<>\u0001\u0085\u007f\ufffe\uffffaé🦊');
  const path = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: odd, maxLength: 300 }));
  fc.assert(
    fc.property(path, (name) => {
      expect([name, pathProblem(name) === undefined]).toEqual([name, sidecarProblem(name) === undefined]);
    }),
    { numRuns: 2_000 },
  );
});

test('a name that is not UTF-8 and a path that fits no package are refused as well', () => {
  expect(importProblem('a\ufffd.png')).toBe('a name that is not UTF-8');
  expect(importProblem(Array(10).fill('写'.repeat(80)).join('/'))).toBe('a path of more than 2048 bytes');
  expect(importProblem('写/写.png')).toBeUndefined();
});

test('names that differ in case or in the form of an accent are one on the share', () => {
  expect(shareKey('Album/É.png')).toBe(shareKey('album/e\u0301.PNG'));
  expect(shareKey('a.png')).not.toBe(shareKey('b.png'));
});
