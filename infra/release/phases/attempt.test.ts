import { expect, test } from '@jest/globals';
import { SlipError } from '../../lib/errors.ts';
import type { HistoryEntry } from '../store/history.ts';
import type { Intent } from '../store/lock.ts';
import { Attempt } from './attempt.ts';
import { fakeSession } from './session.fixture.ts';
import type { Session } from './session.ts';

const candidate = {
  version: 'new',
  sha256: 'hash',
  bytes: 7,
  schemaMin: '1',
  schemaMax: '2',
  settings: { A: '1' },
  siteContainers: [],
  smoke: ['/'],
  provides: {},
};

function begun(before?: object) {
  const lines: HistoryEntry[] = [];
  const intents: (Intent | undefined)[] = [];
  const session = {
    before,
    owner: { who: 'ada', command: 'release' },
    startedAt: new Date('2026-01-02T03:04:05Z'),
    steps: { timings: [{ name: 'build', ms: 1 }], gates: [] },
    history: { append: async (entry: HistoryEntry) => void lines.push(entry) },
    lock: { assertHeld: () => undefined, write: async (intent: Intent | undefined) => void intents.push(intent) },
  } as unknown as Session;
  return { attempt: new Attempt(session, 'release', candidate), lines, intents };
}

test('each phase is written to the lock before it begins, with the line that a crash would leave', async () => {
  const { attempt, intents } = begun({ version: 'old', entry: { id: 'e1' } });
  await attempt.enter('swap', 'yesterday');
  expect(intents).toMatchObject([
    {
      phase: 'swap',
      lastSwap: 'yesterday',
      entry: { version: 'new', outcome: 'abandoned', from: 'old', replaced: 'e1' },
    },
  ]);
});

test('what ended stands in history, with what stopped it, and nothing is left in the lock', async () => {
  const { attempt, lines, intents } = begun();
  await attempt.enter('verify');
  const entry = await attempt.record('refused', new SlipError('SLIP-RELEASE-HEALTH', { found: 'redis fail' }));
  expect(lines).toEqual([entry]);
  expect(entry).toMatchObject({
    id: attempt.id,
    outcome: 'refused',
    who: 'ada',
    startedAt: '2026-01-02T03:04:05.000Z',
    requests: { sent: 0, lost: 0 },
    error: { code: 'SLIP-RELEASE-HEALTH', found: 'redis fail' },
  });
  expect('from' in entry).toBe(false);
  expect(intents.at(-1)).toBeUndefined();
});

test.each([
  { phase: 'drain', may: false },
  { phase: 'swap', may: true },
  { phase: 'swapped', may: true },
  { phase: 'swap back', may: true },
] as const)('at "$phase" production may have been swapped: $may', async ({ phase, may }) => {
  const { attempt } = begun();
  expect(attempt.mayHaveSwapped).toBe(false);
  await attempt.enter(phase);
  expect(attempt.mayHaveSwapped).toBe(may);
});

test('a swap that is known not to have been done leaves production as it was; a swap back does not', async () => {
  const { attempt } = begun();
  await attempt.enter('swap');
  attempt.notSwapped();
  expect(attempt.mayHaveSwapped).toBe(false);
  await attempt.enter('swap back');
  attempt.notSwapped();
  expect(attempt.mayHaveSwapped).toBe(true);
});

test('a line of history has the command as typed and, beside it, what the version is started with', () => {
  const { session } = fakeSession({ before: undefined });
  const candidate = {
    ...fakeSession({ before: undefined }).attemptOf('release').candidate,
    startupCommand: 'bash start.sh',
  };
  const entry = new Attempt(session, 'release', candidate).entry('live');
  expect(entry).toMatchObject({ command: 'test', startupCommand: 'bash start.sh' });
});
