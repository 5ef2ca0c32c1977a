import { expect, test } from '@jest/globals';
import type { WebSlot } from '../appservice/web-slot.ts';
import { verifyProduction } from './go-live.ts';

/** Longer than the time a slot gets to settle is not waited: visitors are there. */
const target = { limits: { liveMs: 60, settleMs: 60_000 }, management: { pollMs: 5 } };

function production(version: string, health: string): WebSlot {
  const answers: Record<string, object> = {
    '/version': { version, slot: 'production' },
    '/api/health': { status: health },
  };
  const ask = async (path: string) => ({ status: 200, text: JSON.stringify(answers[path]) });
  return { url: 'https://www.example.org', ask } as unknown as WebSlot;
}

test('production that is the version and well is verified', async () => {
  await expect(verifyProduction({ production: production('new', 'pass'), target }, 'new')).resolves.toBeUndefined();
});

test.each([
  { what: 'still is the old version', slot: production('old', 'pass'), code: 'SLIP-RELEASE-STALE-BUILD' },
  { what: 'is not well', slot: production('new', 'fail'), code: 'SLIP-RELEASE-HEALTH' },
])('production that $what is swapped back without the time a slot gets to settle', async ({ slot, code }) => {
  await expect(verifyProduction({ production: slot, target }, 'new')).rejects.toMatchObject({ code });
});
