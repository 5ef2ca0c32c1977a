import { describe, expect, test } from '@jest/globals';
import * as defaults from '../defaults.ts';
import { Waitlist } from './waitlist.ts';

const AS_IS_MS = 60_000;
const FILE = { size: 10, mtimeMs: 1, ctimeMs: 1, ino: 7 };

function clocked(): { list: Waitlist; pass: (ms: number) => void } {
  let now = 1_000_000;
  const list = new Waitlist(() => now, AS_IS_MS);
  return { list, pass: (ms) => (now += ms) };
}

describe('the waitlist', () => {
  test('lets a foreign file go once it has not changed for 2 s', () => {
    const { list, pass } = clocked();
    expect(list.hasSettled('a', FILE)).toBe(false);
    expect(list.mustWait('a')).toBe(true);
    pass(defaults.SETTLE_MS);
    expect(list.mustWait('a')).toBe(false);
    expect(list.hasSettled('a', { ...FILE, size: 11 })).toBe(false);
    expect(list.mustWait('a')).toBe(true);
    pass(defaults.SETTLE_MS);
    expect(list.hasSettled('a', { ...FILE, size: 11 })).toBe(true);
  });

  test('takes an incomplete file when it changes, and as it is when it has not changed for 60 s', () => {
    const { list, pass } = clocked();
    list.hasSettled('a', FILE);
    pass(defaults.SETTLE_MS);
    list.hold('a', 'incomplete', 'half', 0, FILE);
    pass(30_000);
    expect([list.hasSettled('a', FILE), list.mayCarryAsItIs('a')]).toEqual([false, false]);
    const changed = { ...FILE, ctimeMs: 2 };
    expect(list.hasSettled('a', changed)).toBe(false);
    pass(defaults.SETTLE_MS);
    expect([list.hasSettled('a', changed), list.mayCarryAsItIs('a')]).toEqual([true, false]);
    list.hold('a', 'incomplete', 'half', 0, changed);
    // The time runs from the last change, not from the first look.
    pass(AS_IS_MS - defaults.SETTLE_MS - 1);
    expect(list.hasSettled('a', changed)).toBe(false);
    expect(list.get('a')?.readyAtMs).toBe((list.get('a')?.unchangedSinceMs ?? 0) + AS_IS_MS);
    pass(1);
    expect([list.hasSettled('a', changed), list.mayCarryAsItIs('a')]).toEqual([true, true]);
    expect(list.isStuck('a')).toBe(false);
  });

  test('a file that is in Blob and cannot be moved is never stuck', () => {
    const { list, pass } = clocked();
    list.hold('a', 'unmoved', 'a folder has its place', 0);
    pass(10 * defaults.STUCK_AFTER_MS);
    expect([list.isStuck('a'), list.stuck()]).toEqual([false, []]);
  });

  test('reports a file as stuck after 60 s, with its reason, but not one that only waits for Blob', () => {
    const { list, pass } = clocked();
    list.hold('torn', 'unreadable', 'EIO', 0);
    list.hold('waiting', 'failed', '503', 0);
    pass(defaults.STUCK_AFTER_MS - 1);
    expect(list.stuck()).toEqual([]);
    pass(1);
    expect(list.stuck()).toEqual([{ name: 'torn', reason: 'EIO', seconds: 60 }]);
    expect([list.isStuck('torn'), list.isStuck('waiting')]).toEqual([true, false]);
  });

  test('does not count the time without Blob against a file', () => {
    const { list, pass } = clocked();
    list.hold('a', 'failed', 'unavailable', 0);
    pass(3_600_000);
    list.hold('a', 'rejected', '400', 0);
    expect(list.isStuck('a')).toBe(false);
  });

  test('forgets files that a whole pass did not meet', () => {
    const { list } = clocked();
    list.hold('stays', 'failed', '', 0);
    list.hold('goes', 'failed', '', 0);
    list.beginPass();
    list.mustWait('stays');
    list.endPass();
    expect([list.get('stays') !== undefined, list.get('goes')]).toEqual([true, undefined]);
  });

  test('is bounded, and files that settle have room of their own', () => {
    const { list } = clocked();
    for (let at = 0; at < defaults.SETTLING_LIMIT; at += 1)
      expect(list.hold(`young-${at}`, 'settling', '', 0)).toBe(true);
    expect(list.hold('one-more', 'settling', '', 0)).toBe(false);
    expect([list.admits('one-more'), list.admits('young-7')]).toEqual([false, true]);
    for (let at = 0; list.hold(`broken-${at}`, 'incomplete', '', 0); at += 1);
    expect(list.size).toBe(defaults.SETTLING_LIMIT + defaults.WAITING_LIMIT);
  });

  test('lets a good file in past any number of broken ones', () => {
    const { list, pass } = clocked();
    const broken = Array.from(
      { length: defaults.WAITING_LIMIT + 3 * defaults.SETTLING_LIMIT },
      (_, at) => `broken-${at}`,
    );
    const met = [...broken, 'good'];
    const onePass = (): boolean => {
      list.beginPass();
      const taken = met.filter((path) => !list.mustWait(path) && list.admits(path) && list.hasSettled(path, FILE));
      list.endPass();
      for (const path of taken) list.hold(path, 'incomplete', 'half', 3_600_000, FILE);
      return taken.includes('good');
    };
    let passes = 0;
    while (!onePass()) {
      pass(defaults.SETTLE_MS);
      passes += 1;
      expect(passes).toBeLessThan(20);
    }
  });

  test('begins at the beginning when the file whose turn it was has gone', () => {
    const { list } = clocked();
    for (let at = 0; at < defaults.SETTLING_LIMIT; at += 1) list.hold(`young-${at}`, 'settling', '', 0);
    list.beginPass();
    expect(list.admits('goes')).toBe(false);
    list.endPass();
    list.clear();
    list.beginPass();
    expect(list.admits('stays')).toBe(false);
    list.endPass();
    list.beginPass();
    expect(list.admits('stays')).toBe(true);
  });

  test('wakes what waits for Blob when Blob is back', () => {
    const { list } = clocked();
    list.hold('a', 'failed', '', 99_999);
    list.hold('b', 'incomplete', '', 99_999);
    list.wake(['failed']);
    expect([list.mustWait('a'), list.mustWait('b')]).toEqual([false, true]);
  });
});
