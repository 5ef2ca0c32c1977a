import { createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import { expect, test } from '@jest/globals';
import { KeyVault } from './key-vault.ts';

const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 60_000 }) };

/** A vault that answers each request with the next of these. */
function vault(...answers: readonly (readonly [number, unknown])[]) {
  const asked: PipelineRequest[] = [];
  const http: HttpClient = {
    sendRequest: async (request) => {
      const [status, body] = answers[asked.length] ?? [500, {}];
      asked.push(request);
      const headers = createHttpHeaders({ 'retry-after-ms': '1' });
      return { request, status, headers, bodyAsText: JSON.stringify(body) };
    },
  };
  return { asked, vault: new KeyVault({ name: 'kv-shop', credential, http }) };
}

test('a secret is set in the body of a request to the vault, and in nothing else', async () => {
  const it = vault([200, {}]);
  await it.vault.set('app-APP-KEY', 'the value');
  expect(it.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'PUT https://kv-shop.vault.azure.net/secrets/app-APP-KEY?api-version=7.4',
  ]);
  expect(JSON.parse(String(it.asked[0]?.body))).toEqual({ value: 'the value' });
});

test('names are read over all pages, without those that are disabled; a page of another host is not asked', async () => {
  const id = (name: string) => `https://kv-shop.vault.azure.net/secrets/${name}`;
  const it = vault(
    [
      200,
      { value: [{ id: id('a') }, { id: id('off'), attributes: { enabled: false } }], nextLink: `${id('')}?page=2` },
    ],
    [200, { value: [{ id: id('b') }], nextLink: 'https://elsewhere.example/secrets' }],
  );
  expect(await it.vault.names()).toEqual(['a', 'b']);
  expect(it.asked).toHaveLength(2);
});

test('a refusal names the vault, the status and the role, and never the value', async () => {
  const it = vault([403, { error: { code: 'Forbidden' } }]);
  const refusal = await it.vault.set('app-APP-KEY', 'the value').catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    code: 'SLIP-APP-VAULT',
    detail: { expected: expect.stringContaining('Secrets Officer') },
  });
  expect(String(refusal)).toContain('Key Vault answered 403');
  expect(JSON.stringify(refusal)).not.toContain('the value');
});
