import { expect, test } from '@jest/globals';
import { expectStart } from './expect-start.ts';
import type { Session } from './session.ts';

const expected = { version: 'new', slot: 'staging' } as const;

/** A staging slot with one answer for ever, and a log. */
function start(answer: object, slotLog: () => Promise<readonly string[]>) {
  const target = { limits: { startMs: 0, steadyMs: 0 }, management: { pollMs: 1 }, slotLog };
  const staging = { url: 'https://s', ask: async () => ({ text: '', ...answer }) };
  return expectStart({ staging, target } as unknown as Session, expected);
}

test('a slot that does not start is refused with the line of its log that says why', async () => {
  const log = ['starting', 'nginx: [emerg] invalid port in "listen"', 'stopped', ''];
  await expect(start({ status: 503 }, async () => log)).rejects.toMatchObject({
    code: 'SLIP-RELEASE-NOT-STARTED',
    detail: { found: expect.stringMatching(/; its log says: nginx: \[emerg\] invalid port in "listen"$/) },
  });
});

test('the last line stands for the reason when none tells one', async () => {
  await expect(start({ status: 503 }, async () => ['one', 'two'])).rejects.toThrow(/its log says: two$/);
});

test.each([
  { what: 'that is empty', slotLog: async () => [] },
  { what: 'that cannot be read', slotLog: () => Promise.reject(new Error('no')) },
])('a log $what changes nothing', async ({ slotLog }) => {
  await expect(start({ status: 503 }, slotLog)).rejects.toThrow(/does not answer 0 s after it was started \(503\)$/);
});

test('another refusal has no log', async () => {
  await expect(start({ status: 500 }, async () => ['an error'])).rejects.not.toThrow(/its log says/);
});
