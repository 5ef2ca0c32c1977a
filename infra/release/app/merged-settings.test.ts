import { expect, test } from '@jest/globals';
import { mergedSettings } from './merged-settings.ts';

const wanted = {
  A: '1',
  RELEASE_TOKEN: '@Microsoft.KeyVault(SecretUri=https://kv-x.vault.azure.net/secrets/release-token)',
};

test('the application’s settings join the program’s, its secrets as references to the same vault', () => {
  expect(mergedSettings(wanted, { env: { LOG: 'stderr' }, secrets: ['APP_KEY'] })).toEqual({
    ...wanted,
    LOG: 'stderr',
    APP_KEY: '@Microsoft.KeyVault(SecretUri=https://kv-x.vault.azure.net/secrets/app-APP-KEY)',
  });
});

test.each([
  { env: { A: '2' }, secrets: [] },
  { env: {}, secrets: ['RELEASE_TOKEN'] },
])('a name of the program’s is refused', (application) => {
  expect(() => mergedSettings(wanted, application)).toThrow(expect.objectContaining({ code: 'SLIP-APP-SETTING' }));
});
