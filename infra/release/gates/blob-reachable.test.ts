import { expect, test } from '@jest/globals';
import type { Observation, WebSlot } from '../web-slot.ts';
import { blobReachable } from './blob-reachable.ts';

/** A production whose health says this of Blob, one answer after the other, the last one for ever. */
function production(...checks: readonly (object | undefined)[]): WebSlot {
  let asked = 0;
  const ask = async (): Promise<Observation> => {
    const check = checks[Math.min(asked, checks.length - 1)];
    asked += 1;
    const text = JSON.stringify({ status: 'warn', checks: check === undefined ? {} : { blob: [check] } });
    return { status: 200, text, ms: 1, location: undefined, reason: undefined };
  };
  return { ask } as unknown as WebSlot;
}

const away = { status: 'warn', output: 'Cannot be reached: ECONNREFUSED.' };
const waiting = { settleMs: 40, pollMs: 10 };
const patient = { settleMs: 20_000, pollMs: 10 };

test('a release is refused while production cannot reach Blob, with what its sidecar says', async () => {
  await expect(blobReachable.check({ production: production(away), ...waiting })).rejects.toMatchObject({
    code: 'SLIP-RELEASE-BLOB-AWAY',
    detail: { found: expect.stringContaining('ECONNREFUSED') },
  });
});

test('a Blob that comes back while it is asked for is reachable', async () => {
  const back = production(away, away, { status: 'pass' });
  expect(await blobReachable.check({ production: back, ...patient })).toBeUndefined();
});

test('a version that says nothing of Blob passes with a note', async () => {
  expect(await blobReachable.check({ production: production(undefined), ...waiting })).toMatch(/does not say/);
});
