import { expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import { ProductionProbe } from './production-probe.ts';

const healthy = { status: 200, text: '{"version":"a"}' };

interface Answers {
  readonly version?: readonly object[];
  readonly listing?: readonly object[];
}

/** A production whose answers are given one after the other; the last one for ever. Ends when all were given. */
async function probed({ version = [healthy], listing = [healthy] }: Answers) {
  const asked = { version: 0, listing: 0 };
  const ask = async (path: string): Promise<object> => {
    const [of, answers] =
      path === '/_slipway/version' ? (['version', version] as const) : (['listing', listing] as const);
    return answers[Math.min(asked[of]++, answers.length - 1)] ?? {};
  };
  const probe = ProductionProbe.start({ ask } as unknown as WebSlot, '/api/images');
  await eventually('every answer was given', () => asked.version >= version.length && asked.listing >= listing.length);
  await probe.stop();
  return { probe, asked };
}

test('a request that does not come back with 200 is lost, and it is said why', async () => {
  const { probe } = await probed({
    version: [healthy, { status: 503, text: '' }, { reason: 'ECONNRESET', text: '' }, healthy],
  });
  expect(probe.count.lost).toBe(2);
  expect(probe.describeLost()).toMatch(/^lost requests, between 20\S+ and 20\S+: 1 × status 503, 1 × ECONNRESET$/);
});

test('a request that this machine could not send is not one of production', async () => {
  const { probe } = await probed({
    version: [healthy, { reason: 'EAI_AGAIN', text: '' }, { reason: 'ENETUNREACH', text: '' }, healthy],
  });
  expect(probe.count.lost).toBe(0);
  expect(probe.describeLost()).toBe('2 requests are not counted: this machine could not send them');
});

test('of a production that answered every request there is nothing to say', async () => {
  const { probe } = await probed({ version: [healthy, healthy] });
  expect(probe.describeLost()).toBeUndefined();
});

test('a listing that fails while production still says its version is lost: the database is what it waits for', async () => {
  const { probe } = await probed({ listing: [healthy, { status: 503, text: '' }, { status: 404, text: '' }] });
  expect(probe.describeLost()).toMatch(/1 × the listing: status 503, \d+ × the listing: status 404$/);
});

test('a version without a listing is not asked for it again', async () => {
  const { probe, asked } = await probed({ version: [healthy, healthy, healthy], listing: [{ status: 404, text: '' }] });
  expect([asked.listing, probe.count.lost]).toEqual([1, 0]);
});

test('the moment of a switch is that of the first answer of another version', async () => {
  const began = performance.now();
  const { probe } = await probed({ version: [healthy, { status: 200, text: '{"version":"b"}' }] });
  expect(probe.switchedAt).toBeGreaterThan(began);
  expect((await probed({ version: [healthy, healthy] })).probe.switchedAt).toBeUndefined();
});
