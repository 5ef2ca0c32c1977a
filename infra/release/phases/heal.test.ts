import { expect, test } from '@jest/globals';
import type { HistoryEntry } from '../store/history.ts';
import { heal } from './heal.ts';
import { Steps } from './steps.ts';

const entry = { id: '1', kind: 'release', version: 'new', from: 'old' } as HistoryEntry;

/** A command was killed in a phase; production runs a version, and the last swap of the site was at '1'. */
async function healed(phase: 'swap' | 'swap back', lastSwap: string, running: string | undefined, from = 'old') {
  const done: string[] = [];
  const answers: Record<string, object> = {
    '/version': { version: running, slot: 'production' },
    '/api/health': { status: 'pass' },
  };
  const context = {
    lock: { leftover: { phase, entry: { ...entry, from }, lastSwap }, write: async () => undefined },
    steps: new Steps(() => undefined),
    appService: {
      swapStatus: async () => ({ lastSwap: '1', inProgress: false }),
      swap: async () => void done.push('swap'),
      slot: async () => ({ preparedFor: 'production', scmHost: '' }),
      reset: async () => void done.push('reset'),
    },
    production: {
      url: 'https://www.example.org',
      version: async () => (running === undefined ? undefined : { version: running }),
      ask: async (path: string) => ({ status: 200, text: JSON.stringify(answers[path]) }),
    },
    target: { limits: { swapShowsMs: 0, liveMs: 50 }, management: { pollMs: 1 } },
    history: { append: async ({ outcome }: HistoryEntry) => void done.push(outcome) },
  };
  await heal(context as unknown as Parameters<typeof heal>[0]);
  return done;
}

test.each([
  { phase: 'swap', lastSwap: '0', running: 'new', done: ['live'] },
  { phase: 'swap', lastSwap: '1', running: 'old', done: ['reset', 'abandoned'] },
  { phase: 'swap back', lastSwap: '1', running: 'new', done: ['swap', 'swapped-back'] },
  { phase: 'swap back', lastSwap: '0', running: 'old', done: ['swapped-back'] },
] as const)('after a crash at "$phase" with $running live: $done', async ({ phase, lastSwap, running, done }) => {
  expect(await healed(phase, lastSwap, running)).toEqual(done);
});

test.each([
  { phase: 'swap', lastSwap: '1', running: 'new', done: ['live'] },
  { phase: 'swap back', lastSwap: '0', running: 'new', done: ['swap', 'swapped-back'] },
  { phase: 'swap back', lastSwap: '1', running: 'old', done: ['swapped-back'] },
] as const)('what production runs counts more than a site that does not know: $phase, $running', async (it) => {
  expect(await healed(it.phase, it.lastSwap, it.running)).toEqual(it.done);
});

test('the last swap of the site decides when production is down, or has the same version with other settings', async () => {
  expect(await healed('swap back', '0', undefined)).toEqual(['swapped-back']);
  expect(await healed('swap back', '0', 'new', 'new')).toEqual(['swapped-back']);
  expect(await healed('swap back', '1', 'new', 'new')).toEqual(['swap', 'swapped-back']);
});
