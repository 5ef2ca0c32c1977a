import { describe, expect, test } from '@jest/globals';
import type { HistoryEntry } from './history.ts';
import { versionToReturnTo } from './rollback-target.ts';

function entry(kind: HistoryEntry['kind'], version: string, from?: string, outcome: HistoryEntry['outcome'] = 'live') {
  return { kind, version, outcome, ...(from === undefined ? {} : { from }) } as HistoryEntry;
}

const three = [entry('release', 'a'), entry('release', 'b', 'a'), entry('promote', 'c', 'b')];

describe('a rollback returns to', () => {
  test('the version that the live one replaced', () => {
    expect(versionToReturnTo(three, 'c')).toBe('b');
  });

  test('one further back after a rollback, not to what was fled from', () => {
    expect(versionToReturnTo([...three, entry('rollback', 'b', 'c')], 'b')).toBe('a');
  });

  test('what history says when production does not answer', () => {
    expect(versionToReturnTo(three, undefined)).toBe('b');
  });

  test('nothing of releases that were refused', () => {
    expect(versionToReturnTo([...three, entry('release', 'c', 'x', 'refused')], 'c')).toBe('b');
  });

  test('nowhere from the first version', () => {
    expect(() => versionToReturnTo(three, 'a')).toThrow(
      expect.objectContaining({ code: 'SLIP-RELEASE-NOTHING-BEFORE' }),
    );
  });
});
