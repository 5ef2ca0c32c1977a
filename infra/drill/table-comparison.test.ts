import { expect, test } from '@jest/globals';
import { compareTables, type TableDigests } from './table-comparison.ts';

const digests = (tables: Record<string, [number, string]>): TableDigests =>
  new Map(Object.entries(tables).map(([table, [rows, checksum]]) => [table, { rows, checksum }]));

const quiet = digests({ images: [3, 'a'] });

test('a table that nobody wrote and that came back whole is equal, and nothing of it is lost', () => {
  expect(compareTables({ beforeDump: quiet, afterDump: quiet, restored: quiet, atEnd: quiet })).toEqual([
    { table: 'images', rows: 3, checksum: 'a', verdict: 'equal', lostRows: 0, changedSince: false },
  ]);
});

test.each([
  ['fewer rows', { images: [2, 'b'] }],
  ['as many rows of other content', { images: [3, 'b'] }],
  ['the same checksum of other rows', { images: [4, 'a'] }],
  ['no table', {}],
] as const)('%s in the restored table is a difference', (_, restored) => {
  const found = digests(restored as unknown as Record<string, [number, string]>);
  const [table] = compareTables({ beforeDump: quiet, afterDump: quiet, restored: found, atEnd: quiet });
  expect(table).toMatchObject({ verdict: 'different', changedSince: true });
});

test('a restored table that cannot be read is a difference, even where production’s cannot be read either', () => {
  const damaged = digests({ images: [3, 'NULL'] });
  const [table] = compareTables({ beforeDump: damaged, afterDump: damaged, restored: damaged, atEnd: damaged });
  expect(table?.verdict).toBe('different');
});

test('a table that production does not have is a difference', () => {
  const more = digests({ images: [3, 'a'], other: [0, '0'] });
  const compared = compareTables({ beforeDump: quiet, afterDump: quiet, restored: more, atEnd: quiet });
  expect(compared.map(({ table, verdict }) => [table, verdict])).toEqual([
    ['images', 'equal'],
    ['other', 'different'],
  ]);
});

test('a table that was written during the dump is equal to one side of it, or unproven', () => {
  const afterDump = digests({ images: [5, 'c'] });
  const verdict = (restored: TableDigests) =>
    compareTables({ beforeDump: quiet, afterDump, restored, atEnd: afterDump })[0]?.verdict;
  expect(verdict(quiet)).toBe('equal');
  expect(verdict(afterDump)).toBe('equal');
  expect(verdict(digests({ images: [4, 'b'] }))).toBe('unproven');
});

test('what was written after the dump is lost', () => {
  const atEnd = digests({ images: [5, 'c'] });
  const [table] = compareTables({ beforeDump: quiet, afterDump: quiet, restored: quiet, atEnd });
  expect(table).toMatchObject({ verdict: 'equal', lostRows: 2, changedSince: true });
});
