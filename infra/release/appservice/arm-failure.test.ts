import { expect, test } from '@jest/globals';
import { armFailure, wasRefused } from './arm-failure.ts';

const refusal = (statusCode: number, code: string) =>
  armFailure('delete it', Object.assign(new Error('no\nmore'), { statusCode, code }));

test('a refusal of the management plane shows its status, code and first line', () => {
  expect(refusal(403, 'AuthorizationFailed')).toMatchObject({
    code: 'SLIP-RELEASE-ARM',
    detail: {
      found: 'the management plane did not delete it: 403 AuthorizationFailed no',
      fix: expect.stringContaining('Website Contributor'),
    },
  });
});

test('of the two reasons for 409 each has its own way out', () => {
  expect(refusal(409, 'Conflict').detail.fix).toMatch(/wait for its end/);
  expect(refusal(409, 'ScopeLocked').detail.fix).toMatch(/az lock list/);
});

test.each([
  { status: 400, refused: true },
  { status: 403, refused: true },
  { status: 409, refused: false },
  { status: 502, refused: false },
  { status: undefined, refused: false },
])('a call that was answered $status was refused: $refused', ({ status, refused }) => {
  const cause = Object.assign(new Error('no'), status === undefined ? {} : { statusCode: status });
  expect(wasRefused(armFailure('swap', cause))).toBe(refused);
});
