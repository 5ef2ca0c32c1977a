import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import { expect, test } from '@jest/globals';
import { secretBehind } from './vault-secret.ts';

const SETTING = '@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/release-token)';
const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 60_000 }) };

/** A vault that answers one status after the other; the last one for ever. */
function vault(...statuses: number[]) {
  const urls: string[] = [];
  const http: HttpClient = {
    sendRequest: async (request) => {
      const status = statuses[Math.min(urls.length, statuses.length - 1)] ?? 200;
      urls.push(request.url);
      const headers = createHttpHeaders({ 'retry-after-ms': '1' });
      return { request, status, headers, bodyAsText: status === 200 ? '{"value":"secret"}' : '' };
    },
  };
  return { http, urls };
}

test('the secret behind a setting is read from its vault', async () => {
  const { http, urls } = vault(200);
  expect(await secretBehind(SETTING, 'RELEASE_TOKEN', credential, http)).toBe('secret');
  expect(urls).toEqual(['https://kv.vault.azure.net/secrets/release-token?api-version=7.4']);
});

test('a vault that is busy for a moment is asked again', async () => {
  const { http, urls } = vault(503, 429, 200);
  expect(await secretBehind(SETTING, 'RELEASE_TOKEN', credential, http)).toBe('secret');
  expect(urls).toHaveLength(3);
});

test('a vault that refuses is named, and so is a setting that is no reference', async () => {
  await expect(secretBehind(SETTING, 'RELEASE_TOKEN', credential, vault(403).http)).rejects.toMatchObject({
    code: 'SLIP-RELEASE-SECRET',
    detail: { found: 'the value of RELEASE_TOKEN cannot be read: Key Vault answered 403' },
  });
  await expect(secretBehind('plain', 'RELEASE_TOKEN', credential, vault(200).http)).rejects.toMatchObject({
    code: 'SLIP-RELEASE-SECRET',
  });
});
