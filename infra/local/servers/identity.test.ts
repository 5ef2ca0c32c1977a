import { request } from 'node:http';
import { ManagedIdentityCredential } from '@azure/identity';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { IdentityEndpoint } from './identity.ts';

const clientId = '11111111-1111-4111-8111-111111111111';
let endpoint: IdentityEndpoint;

beforeAll(async () => {
  endpoint = new IdentityEndpoint({ port: 0, header: 'secret', clientIds: [clientId], now: () => new Date() });
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
  const token = await new ManagedIdentityCredential({ clientId }).getToken('https://storage.azure.com/.default');
  const claims = JSON.parse(Buffer.from(token.token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  expect(claims).toMatchObject({ aud: 'https://storage.azure.com', appid: clientId });
  expect(claims.exp * 1000).toBeGreaterThan(Date.now());
});

test('an identity that is not assigned to the app gets none', async () => {
  const other = new ManagedIdentityCredential({ clientId: '22222222-2222-4222-8222-222222222222' });
  await expect(other.getToken('https://storage.azure.com/.default')).rejects.toThrow();
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
