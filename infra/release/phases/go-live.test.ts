import { describe, expect, test } from '@jest/globals';
import type { WebSlot } from '../appservice/web-slot.ts';
import { goLive, verifyProduction } from './go-live.ts';
import { fakeSession } from './session.fixture.ts';

/** Visitors are waiting: production does not get the time that a slot gets to settle. */
const target = { limits: { liveMs: 60, settleMs: 3_600_000 }, management: { pollMs: 5 } };

function production(version: string, health: string): WebSlot {
  const answers: Record<string, object> = {
    '/_slipway/version': { version, slot: 'production' },
    '/_slipway/health': { status: health },
  };
  const ask = async (path: string) => ({ status: 200, text: JSON.stringify(answers[path]) });
  return { url: 'https://www.example.org', ask } as unknown as WebSlot;
}

test('production that runs the version and is healthy is verified', async () => {
  await expect(verifyProduction({ production: production('new', 'pass'), target }, 'new')).resolves.toBeUndefined();
});

test.each([
  { what: 'still is the old version', slot: production('old', 'pass'), code: 'SLIP-RELEASE-STALE-BUILD' },
  { what: 'is unhealthy', slot: production('new', 'fail'), code: 'SLIP-RELEASE-HEALTH' },
])('production that $what is swapped back without the time a slot gets to settle', async ({ slot, code }) => {
  await expect(verifyProduction({ production: slot, target }, 'new')).rejects.toMatchObject({ code });
});

describe('going live', () => {
  const options = { p95BudgetMs: 1000, watch: undefined };
  const before = { version: 'old', answers: true };

  test('ends workers, drains, swaps, declares the version live and records', async () => {
    const { session, attemptOf, done } = fakeSession({ before });
    expect(await goLive(session, attemptOf('release'), options)).toMatchObject({ outcome: 'live', from: 'old' });
    expect(done).toEqual([
      'intent drain',
      'withdraw old',
      'drain',
      'intent swap after 0',
      'swap',
      'intent swapped',
      'declare new',
      'live',
    ]);
  });

  test('swaps an unhealthy version back; that decision is in the lock before the platform is asked', async () => {
    const { session, attemptOf, done } = fakeSession({ before, health: 'fail' });
    await expect(goLive(session, attemptOf('release'), options)).rejects.toMatchObject({
      code: 'SLIP-RELEASE-SWAPPED-BACK',
    });
    const decided = [
      'intent swap back after 1',
      'withdraw new',
      'intent swap back after 1',
      'swap',
      'declare old',
      'swapped-back',
    ];
    expect(done.slice(done.indexOf('intent swapped') + 1)).toEqual(decided);
  });

  test('leaves the first version live when it is unhealthy: there is nothing to swap back to', async () => {
    const { session, attemptOf, done } = fakeSession({ before: undefined, health: 'fail' });
    await expect(goLive(session, attemptOf('release'), options)).rejects.toMatchObject({
      code: 'SLIP-RELEASE-FIRST-UNHEALTHY',
    });
    expect(done).toEqual(['intent swap after 0', 'swap', 'intent swapped', 'declare new', 'live']);
  });

  test('watches only what can be compared with a version that answered', async () => {
    const watched: string[] = [];
    for (const answers of [true, false]) {
      const { session, attemptOf } = fakeSession({ before: { version: 'old', answers } });
      const budget = { seconds: 0.001, errorShare: 0, p95Ms: 1000 };
      await goLive(session, attemptOf('release'), { p95BudgetMs: 1000, watch: budget });
      watched.push(session.steps.timings.map(({ name }) => name).join(' '));
    }
    expect(watched).toEqual(['drain swap verify production watch record', 'swap verify production record']);
  });
});
