import { request } from 'node:http';
import { ManagedIdentityCredential } from '@azure/identity';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AccessTokens } from './access-tokens.ts';
import { IdentityEndpoint } from './identity.ts';

const CLIENT_ID = '11111111-1111-4111-8111-111111111111';
let endpoint: IdentityEndpoint;
let tokens: AccessTokens;

beforeAll(async () => {
  const now = () => new Date();
  tokens = new AccessTokens('https://issuer/', now);
  const identities = [{ clientId: CLIENT_ID, principalId: 'principal' }];
  endpoint = new IdentityEndpoint({ port: 0, header: 'secret', identities, tokens, now });
  await endpoint.start();
  process.env.IDENTITY_ENDPOINT = endpoint.url;
  process.env.IDENTITY_HEADER = 'secret';
});

afterAll(() => {
  delete process.env.IDENTITY_ENDPOINT;
  delete process.env.IDENTITY_HEADER;
  endpoint.stop();
});

test('the official credential gets a token for the audience it asked for', async () => {
  const token = await new ManagedIdentityCredential({ clientId: CLIENT_ID }).getToken(
    'https://storage.azure.com/.default',
  );
  const claims = JSON.parse(Buffer.from(token.token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  expect(claims).toMatchObject({ aud: 'https://storage.azure.com', appid: CLIENT_ID });
  expect(claims.exp * 1000).toBeGreaterThan(Date.now());
  expect(tokens.claimsOf(token.token, ['https://storage.azure.com'])).toMatchObject({ oid: 'principal' });
});

test('an identity that is not assigned to the app gets none', async () => {
  const other = new ManagedIdentityCredential({ clientId: '22222222-2222-4222-8222-222222222222' });
  await expect(other.getToken('https://storage.azure.com/.default')).rejects.toThrow();
});

test('a page that a browser resolves to this machine under another name gets none', async () => {
  const { port } = new URL(endpoint.url);
  const path = '/msi/token?resource=https://storage.azure.com';
  const statusFor = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { host, 'x-identity-header': 'secret' };
      request({ host: '127.0.0.1', port, path, headers }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
  expect(await Promise.all(['rebound.example', `127.0.0.1.example:${port}`].map(statusFor))).toEqual([403, 403]);
  expect(await Promise.all([`localhost:${port}`, '127.0.0.1', '[::1]'].map(statusFor))).toEqual([200, 200, 200]);
});

test('a request that is no URL is answered, and the endpoint goes on', async () => {
  const { port } = new URL(endpoint.url);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path: '//' }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    call.on('error', reject);
    call.end();
  });
  expect(status).toBe(404);
});

test('without the header of the container nobody gets one', async () => {
  const answer = await fetch(`${endpoint.url}?resource=https://storage.azure.com&api-version=2019-08-01`);
  expect(answer.status).toBe(401);
});
