import { describe, expect, test } from '@jest/globals';
import { InstantClock } from '../../testbed/instant-clock.ts';
import { deploymentOf, oneDeploy, type PublishAnswer } from './one-deploy.ts';

const taken = { status: 200, text: '{"id":"1","status":4,"status_text":"Success"}' };
const stopped = {
  status: 200,
  text: '{"id":"1","status":3,"status_text":"Deployment has been stopped due to SCM container restart."}',
};

/** What the SCM site says, one answer after the other; the last one for ever. */
function scm(...answers: PublishAnswer[]) {
  let sent = 0;
  const send = async (): Promise<PublishAnswer> => answers[Math.min(sent++, answers.length - 1)] as PublishAnswer;
  return { send, sent: () => sent };
}

describe('a package', () => {
  test.each([
    { what: 'is not answered at all', answer: { status: undefined, text: 'ECONNRESET' } },
    { what: 'meets an SCM site that restarts', answer: { status: 503, text: '' } },
    { what: 'meets another deployment', answer: { status: 409, text: 'There is a deployment currently in progress.' } },
    { what: 'is stopped by a restart of the SCM site', answer: stopped },
  ])('that $what is sent again', async ({ answer }) => {
    const { send, sent } = scm(answer, answer, taken);
    expect(await oneDeploy(send, 1, new InstantClock())).toMatchObject({ failed: false, message: 'Success' });
    expect(sent()).toBe(3);
  });

  test.each([
    { what: 'the SCM site refuses', answer: { status: 400, text: 'not a zip' } },
    { what: 'cannot be placed', answer: { status: 200, text: '{"status":3,"status_text":"disk full"}' } },
  ])('that $what is not sent again', async ({ answer }) => {
    const { send, sent } = scm(answer);
    expect(await oneDeploy(send, 1, new InstantClock())).toMatchObject({ failed: true });
    expect(sent()).toBe(1);
  });

  test('is not sent for ever', async () => {
    expect(await oneDeploy(scm({ status: 503, text: 'unavailable' }).send, 1, new InstantClock())).toMatchObject({
      failed: true,
      message: 'the SCM site answered 503: unavailable',
    });
  });

  test('may have been placed when somebody on the way answers 504, however soon', () => {
    expect(deploymentOf({ status: 504, text: '' }, 1_000)).toMatchObject({ failed: false, unknown: true });
    expect(deploymentOf({ status: 502, text: '' }, 1_000)).toMatchObject({ failed: true });
  });

  test.each([500, 502, 504])('may have been placed when the front end gives up on it with %i', (status) => {
    expect(deploymentOf({ status, text: 'The request timed out.' }, 231_000)).toMatchObject({
      failed: false,
      unknown: true,
    });
  });
});
