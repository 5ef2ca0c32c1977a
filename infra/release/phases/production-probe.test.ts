import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { WebSlot } from '../appservice/web-slot.ts';
import { ProductionProbe } from './production-probe.ts';

const healthy = { status: 200, text: '{"version":"a"}' };

/** A production whose answers are given one after the other; the last one for ever. */
async function probed(...answers: object[]): Promise<ProductionProbe> {
  let turn = 0;
  const ask = async (): Promise<object> => answers[Math.min(turn++, answers.length - 1)] ?? {};
  const probe = ProductionProbe.start({ ask } as unknown as WebSlot);
  while (turn < answers.length) await sleep(10);
  await probe.stop();
  return probe;
}

test('a request that does not come back with 200 is lost, and it is said why', async () => {
  const probe = await probed(healthy, { status: 503, text: '' }, { reason: 'ECONNRESET', text: '' }, healthy);
  expect(probe.count.lost).toBe(2);
  expect(probe.describeLost()).toMatch(/^lost requests, between 20\S+ and 20\S+: 1 × status 503, 1 × ECONNRESET$/);
});

test('a request that this machine could not send is not one of production', async () => {
  const probe = await probed(healthy, { reason: 'EAI_AGAIN', text: '' }, { reason: 'ENETUNREACH', text: '' }, healthy);
  expect(probe.count.lost).toBe(0);
  expect(probe.describeLost()).toBe('2 requests are not counted: this machine could not send them');
});

test('of a production that answered every request there is nothing to say', async () => {
  expect((await probed(healthy, healthy)).describeLost()).toBeUndefined();
});
