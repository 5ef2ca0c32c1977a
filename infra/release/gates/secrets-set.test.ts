import { expect, test } from '@jest/globals';
import { secretsSet } from './secrets-set.ts';

const context = (missing: readonly string[], stack = 'local') => ({
  secrets: ['APP_KEY', 'MAIL_PASSWORD'],
  missingSecrets: async () => missing,
  stack,
});

test('an application whose secrets have values passes; one without secrets asks nobody', async () => {
  expect(await secretsSet.check(context([]))).toBeUndefined();
  const nobody = async () => Promise.reject(new Error('was asked'));
  expect(await secretsSet.check({ secrets: [], missingSecrets: nobody, stack: 'prod' })).toBeUndefined();
});

test('all that have none are named at once, with the commands that set them', async () => {
  await expect(secretsSet.check(context(['APP_KEY', 'MAIL_PASSWORD'], 'prod'))).rejects.toMatchObject({
    code: 'SLIP-RELEASE-SECRETS',
    detail: {
      found: 'the application’s secrets APP_KEY, MAIL_PASSWORD have no value',
      fix: expect.stringContaining('./slipway secret set MAIL_PASSWORD --stack prod < FILE'),
    },
  });
});
