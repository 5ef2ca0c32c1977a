import { expect, test } from '@jest/globals';
import type { WebSlot } from '../appservice/web-slot.ts';
import { verifyProduction } from './go-live.ts';

/** Visitors are waiting: production does not get the time that a slot gets to settle. */
const target = { limits: { liveMs: 60, settleMs: 3_600_000 }, management: { pollMs: 5 } };

function production(version: string, health: string): WebSlot {
  const answers: Record<string, object> = {
    '/version': { version, slot: 'production' },
    '/api/health': { status: health },
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
