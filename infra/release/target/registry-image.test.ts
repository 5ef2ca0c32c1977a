import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { registryImage } from './registry-image.ts';

const known = `sha256:${'a'.repeat(64)}`;
let registry: Server;
let server: string;

/** Exchanges tokens as Azure's registry does, and knows one image. */
beforeAll(async () => {
  registry = createServer((request, response) => {
    const { method, url, headers } = request;
    if (url === '/oauth2/exchange') response.end('{"refresh_token":"r"}');
    else if (url === '/oauth2/token') response.end('{"access_token":"a"}');
    else if (method !== 'HEAD' || headers.authorization !== 'Bearer a') response.writeHead(401).end();
    else if (url?.startsWith('/v2/hidden/')) response.writeHead(403).end();
    else response.writeHead(url === `/v2/apps/sidecar/manifests/${known}` ? 200 : 404).end();
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  server = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
});

afterAll(() => {
  registry.close();
});

test.each([
  { state: 'there', image: () => `${server}/apps/sidecar@${known}` },
  { state: 'gone', image: () => `${server}/apps/sidecar@sha256:${'b'.repeat(64)}` },
  { state: 'unknown', image: () => `${server}/hidden/sidecar@${known}` },
  { state: 'unknown', image: () => `127.0.0.1:1/apps/sidecar@${known}` },
  { state: 'unknown', image: () => `${server}/apps/sidecar:latest` },
])('an image is $state', async ({ state, image }) => {
  expect(await registryImage(image(), async () => 'token', 'http')).toBe(state);
});
