import { expect, test } from '@jest/globals';
import type { Observation, WebSlot } from '../appservice/web-slot.ts';
import { deepHealth } from './deep-health.ts';

interface Answer {
  readonly httpStatus: number;
  readonly status: string;
  /** Of the check that warns or fails. */
  readonly name?: string;
}

/** A slot with these answers of /_slipway/health, one after the other; the last one for ever. */
function check(answers: readonly Answer[], settleMs: number) {
  let asked = 0;
  const ask = async (): Promise<Observation> => {
    const {
      httpStatus,
      status,
      name = 'redis',
    } = answers[Math.min(asked++, answers.length - 1)] ?? {
      httpStatus: 500,
      status: 'fail',
    };
    const text = JSON.stringify({ status, checks: { [name]: [{ status, output: 'as it is' }] } });
    return { status: httpStatus, text, ms: 1, location: undefined, reason: undefined };
  };
  return deepHealth.check({ slot: { url: 'https://s', ask } as unknown as WebSlot, settleMs, pollMs: 1 });
}

const pass = { httpStatus: 200, status: 'pass' };
const fail = { httpStatus: 503, status: 'fail' };

test('a healthy slot passes, also when it has to settle first', async () => {
  expect(await check([fail, pass], 60_000)).toBeUndefined();
});

test('a slot that warns passes, and the note names the check', async () => {
  expect(await check([{ httpStatus: 200, status: 'warn' }], 0)).toBe(
    'health of https://s is "warn": redis warn (as it is)',
  );
});

test('workers that wait for the version to be declared live are no note', async () => {
  expect(await check([{ httpStatus: 200, status: 'warn', name: 'workers' }], 0)).toBeUndefined();
});

test.each([
  { what: 'fails', answer: fail },
  { what: 'says pass with status 503', answer: { httpStatus: 503, status: 'pass' } },
  { what: 'says fail with status 200', answer: { httpStatus: 200, status: 'fail' } },
  { what: 'says nothing known', answer: { httpStatus: 200, status: 'fine' } },
])('a slot that $what is refused', async ({ answer }) => {
  await expect(check([answer], 0)).rejects.toMatchObject({ code: 'SLIP-RELEASE-HEALTH' });
});
