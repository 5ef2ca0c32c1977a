import { expect, test } from '@jest/globals';
import { drillText } from './drill-text.ts';

const table = { rows: 3, checksum: '42', lostRows: 0, changedSince: false };

test('says per table and file what came back, how long it took and what was lost; a name begins no line of its own', () => {
  const text = drillText({
    seconds: 2.5,
    database: {
      tables: [
        { ...table, table: 'images', verdict: 'equal' },
        { ...table, table: 'a', verdict: 'different', lostRows: 2, changedSince: true },
      ],
      dumpBytes: 1024 ** 2,
      dumpMs: 300,
      restoreMs: 900,
    },
    media: { files: 4, bytes: 0, snapshotMs: 100, restoreMs: 200, different: ['x\ny.png'], lost: ['z.png'] },
    lost: { rows: 2, files: 1 },
  });
  expect(text.split('\n')).toEqual([
    'MySQL: dumped 1.0 MB in 0.3 s, restored in 0.9 s',
    '  images  3 rows, checksum 42: equal',
    '  a       3 rows, checksum 42: DIFFERENT',
    'Media: 4 files (0.0 MB), snapshots in 0.1 s, restored in 0.2 s: 1 DIFFERENT',
    expect.stringMatching(/^ {2}x\S+y\.png: DIFFERENT$/),
    'It took 2.5 s. Lost, because written since the dump and the snapshots: 2 rows, 1 files; tables changed since: 1.',
  ]);
});
