import { expect, test } from '@jest/globals';
import type { SlotRequest } from '../appservice/web-slot.ts';
import type { EntryKind, HistoryEntry } from '../store/history.ts';
import type { Phase } from '../store/lock.ts';
import { heal } from './heal.ts';
import { Steps } from './steps.ts';

interface Situation {
  /** The phase in which the command was killed. */
  readonly phase: Phase;
  readonly kind?: EntryKind;
  /** What production ran before; undefined for the first release. */
  readonly from?: string | undefined;
  /** The site's last swap before the command; its last one now is '1'. */
  readonly lastSwap?: string;
  /** What production answers; undefined when it is down. */
  readonly running: string | undefined;
  readonly health?: 'pass' | 'fail';
  readonly prepared?: boolean;
}

/** What healing did, in its order: calls that change something, phases written to the lock, the outcome in history. */
async function healed(
  situation: Situation,
  onNote: (note: string) => void = () => undefined,
  declared: string[] = [],
): Promise<string[]> {
  const { phase, kind = 'release', lastSwap = '0', running, health = 'pass', prepared = true } = situation;
  const from = 'from' in situation ? situation.from : 'old';
  const done: string[] = [];
  const answers: Record<string, object> = {
    '/_slipway/version': { version: running, slot: 'production' },
    '/_slipway/health': { status: health },
  };
  const entry = { id: '1', kind, version: 'new', from } as HistoryEntry;
  const context = {
    lock: {
      leftover: { phase, entry, lastSwap },
      assertHeld: () => undefined,
      write: async (intent?: { readonly phase: Phase }) => {
        if (intent !== undefined) done.push(`intent ${intent.phase}`);
      },
    },
    steps: new Steps((event) => event.event === 'step' && event.state === 'done' && onNote(event.note ?? '')),
    appService: {
      swapStatus: async () => ({ lastSwap: '1', inProgress: false }),
      swap: async () => void done.push('swap'),
      slot: async () => ({ preparedFor: prepared ? 'production' : undefined, scmHost: '' }),
      reset: async () => void done.push('reset'),
    },
    production: {
      url: 'https://www.example.org',
      version: async () => (running === undefined ? undefined : { version: running }),
      ask: async (path: string, { method = 'GET' }: SlotRequest = {}) => {
        if (method === 'PUT') declared.push(path.split('=')[1] ?? '');
        if (method === 'DELETE') done.push('withdraw');
        return { status: 200, text: JSON.stringify(answers[path] ?? {}) };
      },
    },
    tokens: { release: 'r' },
    target: { limits: { swapShowsMs: 0, liveMs: 0 }, management: { pollMs: 1 } },
    history: { append: async ({ outcome }: HistoryEntry) => void done.push(outcome) },
  };
  await heal(context as unknown as Parameters<typeof heal>[0]);
  return done;
}

test.each(['stage', 'migrate', 'prepare', 'verify', 'drain'] as const)(
  'a crash at "%s" left production alone: the preparation is reset when there is one',
  async (phase) => {
    expect(await healed({ phase, running: 'old' })).toEqual(['reset', 'abandoned']);
    expect(await healed({ phase, running: 'old', prepared: false })).toEqual(['abandoned']);
  },
);

test.each([
  { phase: 'stage', note: 'production was not touched; new was not released' },
  {
    phase: 'migrate',
    note: 'production still runs old; new was not released, and migrations that it had carried out stay',
  },
  {
    phase: 'drain',
    note: 'production still runs old; new was not released, and migrations that it had carried out stay',
  },
] as const)('after a crash at "$phase" it says: $note', async ({ phase, note }) => {
  const notes: string[] = [];
  await healed({ phase, running: 'old' }, (text) => notes.push(text));
  expect(notes).toEqual([note]);
});

test.each([
  { phase: 'swap', lastSwap: '0', running: 'new', done: ['live'] },
  { phase: 'swap', lastSwap: '1', running: 'old', done: ['reset', 'abandoned'] },
  { phase: 'swapped', lastSwap: '0', running: 'new', done: ['live'] },
  { phase: 'swap back', lastSwap: '1', running: 'new', done: ['withdraw', 'swap', 'swapped-back'] },
  { phase: 'swap back', lastSwap: '0', running: 'old', done: ['swapped-back'] },
] as const)('after a crash at "$phase" with $running live: $done', async ({ done, ...situation }) => {
  expect(await healed(situation)).toEqual(done);
});

test.each([
  { what: 'a release', kind: 'release', from: 'old', done: ['intent swap back', 'withdraw', 'swap', 'swapped-back'] },
  { what: 'a promotion', kind: 'promote', from: 'old', done: ['intent swap back', 'withdraw', 'swap', 'swapped-back'] },
  { what: 'a rollback', kind: 'rollback', from: 'old', done: ['live'] },
  { what: 'the first release', kind: 'release', from: undefined, done: ['live'] },
] as const)('after $what whose version is unhealthy in production: $done', async ({ kind, from, done }) => {
  const unhealthy = { kind, from, running: 'new', health: 'fail' } as const;
  expect(await healed({ ...unhealthy, phase: 'swapped' })).toEqual(done);
  expect(await healed({ ...unhealthy, phase: 'swap' })).toEqual(done);
});

test('a swap that somebody did by hand after the command stays', async () => {
  expect(await healed({ phase: 'swapped', running: 'old' })).toEqual(['swapped-back']);
  for (const phase of ['swap', 'swapped', 'swap back'] as const) {
    expect(await healed({ phase, running: 'another' })).toEqual(['abandoned']);
  }
  expect(await healed({ phase: 'swapped', kind: 'rollback', running: 'old' })).toEqual(['swapped-back']);
});

test.each([
  { phase: 'swap', lastSwap: '1', running: 'new', done: ['live'] },
  { phase: 'swap back', lastSwap: '0', running: 'new', done: ['withdraw', 'swap', 'swapped-back'] },
  { phase: 'swap back', lastSwap: '1', running: 'old', done: ['swapped-back'] },
] as const)('the version in production counts more than the record of the site: $phase, $running', async (it) => {
  const { done, ...situation } = it;
  expect(await healed(situation)).toEqual(done);
});

test('the last swap of the site decides when production is down, or has the same version with other settings', async () => {
  const phase = 'swap back';
  expect(await healed({ phase, lastSwap: '0', running: undefined })).toEqual(['swapped-back']);
  expect(await healed({ phase, lastSwap: '0', running: 'new', from: 'new' })).toEqual(['swapped-back']);
  expect(await healed({ phase, lastSwap: '1', running: 'new', from: 'new' })).toEqual([
    'withdraw',
    'swap',
    'swapped-back',
  ]);
});

test.each(['drain', 'swap', 'swapped', 'swap back'] as const)(
  'after a crash at "%s" what production runs is declared live, since its workers may have been ended',
  async (phase) => {
    const declared: string[] = [];
    await healed({ phase, running: 'old' }, undefined, declared);
    expect(declared).toEqual(['old']);
  },
);
