import { expect, test } from '@jest/globals';
import type { Observation, WebSlot } from '../appservice/web-slot.ts';
import { blobReachable } from './blob-reachable.ts';

type Checks = Readonly<Record<string, object>>;

/** A production whose health has these checks, one answer after the other, the last one for ever. */
function production(answers: readonly Checks[], drain = 503): WebSlot {
  let asked = 0;
  const ask = async (path: string): Promise<Observation> => {
    const seen = { status: 200, text: '', ms: 1, location: undefined, reason: undefined };
    if (path === '/_slipway/release/drain?timeout=0') return { ...seen, status: drain };
    const checks = Object.entries(answers[Math.min(asked, answers.length - 1)] ?? {});
    asked += 1;
    return { ...seen, text: JSON.stringify({ checks: Object.fromEntries(checks.map(([name, of]) => [name, [of]])) }) };
  };
  return { ask } as unknown as WebSlot;
}

const pass = { status: 'pass' };
const unavailable: Checks = { sidecar: pass, blob: { status: 'warn', output: 'Cannot be reached: ECONNREFUSED.' } };
const dead: Checks = {
  sidecar: { status: 'warn', output: 'Does not answer.' },
  blob: { status: 'warn', output: 'Unknown without the sidecar.' },
};
const context = { releaseToken: 'token', settleMs: 40, pollMs: 10 };

test('a release is refused while production cannot reach Blob, with what its sidecar says', async () => {
  await expect(blobReachable.check({ production: production([unavailable], 200), ...context })).rejects.toMatchObject({
    code: 'SLIP-RELEASE-BLOB-UNAVAILABLE',
    detail: { found: expect.stringContaining('ECONNREFUSED') },
  });
});

test('a Blob or a sidecar that comes back while it is asked for is reachable', async () => {
  const back = production([dead, unavailable, { sidecar: pass, blob: pass }]);
  expect(await blobReachable.check({ production: back, ...context, settleMs: 60_000 })).toBeUndefined();
});

test('a release is refused while production’s sidecar is dead and images wait', async () => {
  await expect(blobReachable.check({ production: production([dead], 503), ...context })).rejects.toMatchObject({
    code: 'SLIP-RELEASE-SIDECAR-UNAVAILABLE',
  });
});

test('a dead sidecar with nothing to carry holds up no release', async () => {
  expect(await blobReachable.check({ production: production([dead], 200), ...context })).toMatch(/outbox is empty/);
});

test('a version that says nothing of Blob passes with a note', async () => {
  expect(await blobReachable.check({ production: production([{}]), ...context })).toMatch(/does not say/);
});

test('an application that carries nothing to Blob is not waited for', async () => {
  const slot = production([{ php: pass, sidecar: pass }]);
  let asked = 0;
  const counting = {
    ask: (path: string) => {
      asked += 1;
      return slot.ask(path);
    },
  } as unknown as WebSlot;
  expect(await blobReachable.check({ production: counting, ...context })).toBeUndefined();
  expect(asked).toBe(1);
});
