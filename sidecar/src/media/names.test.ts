import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ulidName } from '../../testbed/files.ts';
import table from '../../testbed/media-names.json' with { type: 'json' };
import { decodePath, isUlidName, pathProblem, ulidTimeMs } from './names.ts';

describe('names', () => {
  test('tell the application’s from foreign ones', () => {
    expect(isUlidName(ulidName())).toBe(true);
    expect(isUlidName(`_probe/${ulidName('webp')}`)).toBe(true);
    for (const foreign of [
      'a.png',
      `${ulidName()}.bak`,
      ulidName().toLowerCase(),
      `8${ulidName().slice(1)}`,
      `${ulidName()}/x`,
    ]) {
      expect([foreign, isUlidName(foreign)]).toEqual([foreign, false]);
    }
  });

  test('hold the time at which the application gave them', () => {
    expect(ulidTimeMs(ulidName('png', 1_700_000_000_123))).toBe(1_700_000_000_123);
    expect(ulidTimeMs('a.png')).toBeUndefined();
  });

  test.each(['..', '.', 'a/../b', 'a/./b', '%2e%2E', 'a/%2e', '/a', 'a/', 'a//b', ''])('refuse the path %j', (path) => {
    expect(pathProblem(path)).toBeDefined();
  });

  test.each([
    'a"',
    'a*',
    'a:',
    'a<',
    'a>',
    'a?',
    'a|',
    'a\\b',
    'a.',
    'a ',
    'a\tb',
    'a\u0085b',
    '.a',
    `${'a'.repeat(256)}`,
  ])('refuse %j, which SMB cannot hold or which is hidden', (path) => {
    expect(pathProblem(path)).toBeDefined();
    expect(pathProblem(`folder/${path}`)).toBeDefined();
    expect(pathProblem(`${path}/file`)).toBeDefined();
  });

  test.each(['a b', 'a#b', '%41', "it's", '🎈', 'a'.repeat(255), 'a..b', 'a/b/c', '(1)', 'a+b=c&d'])(
    'take %j',
    (path) => {
      expect(pathProblem(path)).toBeUndefined();
    },
  );

  test('that the web application serves are the ones that are carried', () => {
    expect(table.taken.map(written).filter((path) => pathProblem(path) !== undefined)).toEqual([]);
    expect(table.refused.map(written).filter((path) => pathProblem(path) === undefined)).toEqual([]);
  });

  test('that pass never lead out of the folder they are joined to', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const path = decodePath(text);
        if (path === undefined || pathProblem(path) !== undefined) return;
        const url = new URL(path.split('/').map(encodeURIComponent).join('/'), 'https://host/container/');
        expect(url.pathname.startsWith('/container/')).toBe(true);
        expect(decodeURIComponent(url.pathname)).toBe(`/container/${path}`);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** A name of the table: a text, or pieces of which one that comes n times is [text, n]. */
function written(name: string | readonly (string | readonly (string | number)[])[]): string {
  if (typeof name === 'string') return name;
  return name.map((piece) => (typeof piece === 'string' ? piece : String(piece[0]).repeat(Number(piece[1])))).join('');
}
