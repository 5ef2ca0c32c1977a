import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { InstantClock } from '../../testbed/instant-clock.ts';
import { WebSlot } from '../appservice/web-slot.ts';
import { expectVersion } from './expect-version.ts';

let server: Server | undefined;

/** Ten questions, then it has waited long enough. */
function waiting(clock = new InstantClock()) {
  return { limitMs: 60_000, pollMs: 6_000, clock };
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** A slot whose answers are given one after the other; the last one for ever. */
async function slotAnswering(...answers: ((response: ServerResponse) => void)[]): Promise<WebSlot> {
  let turn = 0;
  server = createServer((_, response) => {
    answers[Math.min(turn++, answers.length - 1)]?.(response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return new WebSlot(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const version =
  (name: string, slot = 'staging') =>
  (response: ServerResponse) =>
    response.end(JSON.stringify({ version: name, slot }));
const status = (code: number) => (response: ServerResponse) => response.writeHead(code, { location: '/x' }).end();

describe('a slot', () => {
  test('is as expected once it answers so three times in a row', async () => {
    const slot = await slotAnswering(status(503), version('new'), version('old'), version('new'));
    expect(await expectVersion(slot, { version: 'new', slot: 'staging' }, waiting())).toMatchObject({ version: 'new' });
  });

  test('has to answer so for the time it has to be steady, since another instance may still run the old version', async () => {
    const fiveThenOld = [...Array.from({ length: 5 }, () => version('new')), version('old'), version('new')];
    const slot = await slotAnswering(...fiveThenOld);
    const clock = new InstantClock();
    await expectVersion(slot, { version: 'new', slot: 'staging' }, { ...waiting(clock), steadyMs: 36_000 });
    // One pause after each answer before it started to be steady, and six of them while it was.
    expect(clock.now()).toBe((6 + 6) * 6_000);
  });

  test('is asked anew, however long it may take to start, when a connection leads nowhere', async () => {
    const slot = await slotAnswering(version('new'));
    const ask = jest.spyOn(slot, 'ask');
    await expectVersion(slot, { version: 'new', slot: 'staging' }, { ...waiting(), limitMs: 900_000 });
    expect(ask).toHaveBeenCalledWith('/_slipway/version', { timeoutMs: 70_000 });
  });

  test.each([
    { what: 'goes on answering with the old version', answer: version('old'), code: 'SLIP-RELEASE-STALE-BUILD' },
    {
      what: 'has the version but not the sticky setting',
      answer: version('new', 'production'),
      code: 'SLIP-RELEASE-STALE-BUILD',
    },
    { what: 'answers 503', answer: status(503), code: 'SLIP-RELEASE-NOT-STARTED' },
    { what: 'answers nothing', answer: (r: ServerResponse) => r.destroy(), code: 'SLIP-RELEASE-NOT-STARTED' },
    { what: 'answers 500', answer: status(500), code: 'SLIP-RELEASE-STATUS' },
    { what: 'redirects', answer: status(302), code: 'SLIP-RELEASE-REDIRECT' },
  ])('that $what is refused with $code', async ({ answer, code }) => {
    const slot = await slotAnswering(answer);
    await expect(expectVersion(slot, { version: 'new', slot: 'staging' }, waiting())).rejects.toMatchObject({ code });
  });
});
