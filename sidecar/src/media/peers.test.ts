import { expect, test } from '@jest/globals';
import * as defaults from '../defaults.ts';
import { graceMs } from './peers.ts';

test('alone on an outbox nothing is waited for', () => {
  expect(graceMs('a', 'me', [])).toBe(0);
});

test('of several instances exactly one has the first turn after the one that was asked', () => {
  const all = ['one', 'two', 'three'];
  const turns = new Map<string, number>();
  for (let at = 0; at < 300; at += 1) {
    const graces = all.map((self) =>
      graceMs(
        `file-${at}`,
        self,
        all.filter((other) => other !== self),
      ),
    );
    expect(graces.filter((grace) => grace === defaults.PEER_GRACE_MS)).toHaveLength(1);
    const first = all[graces.indexOf(defaults.PEER_GRACE_MS)] ?? '';
    turns.set(first, (turns.get(first) ?? 0) + 1);
  }
  for (const self of all) expect(turns.get(self)).toBeGreaterThan(50);
});
