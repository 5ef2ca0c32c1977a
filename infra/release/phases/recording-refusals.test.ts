import { expect, test } from '@jest/globals';
import { SlipError } from '../../lib/errors.ts';
import type { HistoryEntry } from '../store/history.ts';
import type { Attempt } from './attempt.ts';
import { recordingRefusals } from './recording-refusals.ts';
import type { Session } from './session.ts';

const live = { outcome: 'live' } as HistoryEntry;

interface Situation {
  readonly error?: Error;
  readonly mayHaveSwapped?: boolean;
  readonly resets?: boolean;
  readonly hasWithdrawn?: boolean;
}

/** What is left of an attempt whose action fails so: calls, lines of history, notices. */
async function after({
  error,
  mayHaveSwapped = false,
  resets = true,
  hasWithdrawn = false,
}: Situation): Promise<string[]> {
  const done: string[] = [];
  const session = {
    appService: {
      slot: async () => ({ preparedFor: 'production' }),
      reset: async () => {
        if (!resets) throw new Error('silent');
        done.push('reset');
      },
    },
    before: { version: 'old' },
    tokens: { release: 'r' },
    lock: { assertHeld: () => undefined },
    target: { limits: { liveMs: 0 }, management: { pollMs: 1 } },
    production: { ask: async (path: string) => ({ status: done.push(path) && 200 }) },
    steps: { progress: () => undefined, notice: (text: string) => done.push(text) },
  };
  const attempt = {
    mayHaveSwapped,
    hasWithdrawn,
    record: async (outcome: string, cause: unknown) => done.push(outcome, String(cause)),
  };
  const ended = recordingRefusals(session as unknown as Session, attempt as unknown as Attempt, async () => {
    if (error !== undefined) throw error;
    return live;
  });
  if (error === undefined) expect(await ended).toBe(live);
  else await expect(ended).rejects.toBe(error);
  return done;
}

const refusal = new SlipError('SLIP-RELEASE-HEALTH', { found: 'fail' });

test('what ends well is left alone', async () => {
  expect(await after({})).toEqual([]);
});

test('what is refused before the swap has its preparation reset, and stands in history', async () => {
  expect(await after({ error: refusal })).toEqual(['reset', 'refused', String(refusal)]);
});

test('workers that were ended for it go on', async () => {
  expect(await after({ error: refusal, hasWithdrawn: true })).toEqual([
    'reset',
    '/_slipway/release/live?version=old',
    'refused',
    String(refusal),
  ]);
});

test('a preparation that cannot be reset is left to the next command, and the refusal is recorded all the same', async () => {
  const done = await after({ error: refusal, resets: false });
  expect(done).toEqual([expect.stringMatching(/could not be reset/), 'refused', String(refusal)]);
});

test('while it is not known how a swap ended nothing is undone and nothing recorded', async () => {
  expect(await after({ error: refusal, mayHaveSwapped: true })).toEqual([expect.stringMatching(/the next command/)]);
});

test.each([
  'SLIP-RELEASE-SWAPPED-BACK',
  'SLIP-RELEASE-FIRST-UNHEALTHY',
  'SLIP-RELEASE-ROLLBACK-UNHEALTHY',
  'SLIP-RELEASE-LOCK-LOST',
] as const)('after %s nothing is written again', async (code) => {
  expect(await after({ error: new SlipError(code, { found: 'it' }) })).toEqual([]);
});
