import { expect, test } from '@jest/globals';
import { entriesThatMayServe } from './contract-migrations.ts';
import type { HistoryEntry } from './store/history.ts';

function entry(line: Partial<HistoryEntry>): HistoryEntry {
  return { kind: 'release', outcome: 'live', settings: {}, siteContainers: [], ...line } as HistoryEntry;
}

const first = entry({ id: '1111111', version: 'a' });
const second = entry({ id: '2222222', version: 'b', from: 'a', replaced: first.id });

test('the version that a rollback returns to has to know a contract migration as well as the live one', () => {
  expect(entriesThatMayServe([first, second], second)).toEqual([
    { role: 'live', entry: second },
    { role: 'what a rollback returns to', entry: first },
  ]);
});

test('after a first release there is only the live one', () => {
  expect(entriesThatMayServe([first], first)).toEqual([{ role: 'live', entry: first }]);
});
