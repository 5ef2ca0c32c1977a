import { expect, test } from '@jest/globals';
import { fakeSession } from './session.fixture.ts';
import { swapAndStay } from './swap-and-stay.ts';

const before = { version: 'old', answers: true };

test('a healthy rollback is live after one swap', async () => {
  const { session, attemptOf, done } = fakeSession({ before });
  expect(await swapAndStay(session, attemptOf('rollback'))).toMatchObject({ outcome: 'live', version: 'new' });
  expect(done).toEqual(['intent swap after 0', 'swap', 'intent swapped', 'declare new', 'live']);
});

test('an unhealthy rollback stays live, stands so in history and is an error', async () => {
  const { session, attemptOf, done } = fakeSession({ before, health: 'fail' });
  await expect(swapAndStay(session, attemptOf('rollback'))).rejects.toMatchObject({
    code: 'SLIP-RELEASE-ROLLBACK-UNHEALTHY',
  });
  expect(done).toEqual(['intent swap after 0', 'swap', 'intent swapped', 'declare new', 'live']);
});
