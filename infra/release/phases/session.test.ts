import { expect, test } from '@jest/globals';
import { InstantClock } from '../../testbed/instant-clock.ts';
import type { AppService } from '../appservice/app-service.ts';
import type { RunningVersion } from '../appservice/web-slot.ts';
import type { HistoryEntry } from '../store/history.ts';
import { findProductionState } from './session.ts';

const history = [
  { id: '1', version: 'a', kind: 'release', outcome: 'live', settings: {}, siteContainers: [] },
] as unknown as HistoryEntry[];
const appService = {
  settings: async () => ({}),
  stickyNames: async () => [],
  containers: async () => [],
  start: async () => ({ stack: 'PHP|8.4', startupCommand: 'c' }),
  mounts: async () => ({}),
} as unknown as AppService;

/** A production that says nothing to the first questions. */
function asked(silentFor: number, entries: readonly HistoryEntry[] = history) {
  let questions = 0;
  const version = async () => (questions++ < silentFor ? undefined : ({ version: 'a' } as RunningVersion));
  const target = { limits: { answerMs: 100 }, management: { pollMs: 10 } };
  return findProductionState({ production: { version }, appService, target, clock: new InstantClock() }, entries);
}

test('production is down when it answers nothing for as long as the region allows, and not before', async () => {
  expect(await asked(4)).toMatchObject({ version: 'a', answers: true });
  expect(await asked(1000)).toMatchObject({ version: 'a', answers: false });
});

test('an empty region is not waited for', async () => {
  expect(await asked(1, [])).toBeUndefined();
});
