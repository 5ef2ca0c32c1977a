import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ping } from './ping.ts';

let directory: string;
let socket: string;
let answer: RequestListener;
let server: Server;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sw-ping-'));
  socket = join(directory, 'nginx.sock');
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((listening) => server.listen(socket, listening));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(directory, { recursive: true, force: true });
});

test('gives status and body', async () => {
  answer = (request, response) => response.writeHead(503).end(`${request.url} for ${request.headers.host}`);
  expect(await ping(socket, '/live', 60_000)).toEqual({ status: 503, body: '/live for localhost' });
});

test('keeps a megabyte of a longer body', async () => {
  answer = (_, response) => response.end('x'.repeat(3 * 1024 * 1024));
  const { body } = await ping(socket, '/', 60_000);
  expect(body.length).toBeLessThanOrEqual(1024 * 1024);
});

test('gives up on a container that does not answer', async () => {
  answer = () => undefined;
  await expect(ping(socket, '/', 10)).rejects.toThrow('no answer within 10 ms');
});

test('rejects where nobody listens', async () => {
  await expect(ping(join(directory, 'gone.sock'), '/', 60_000)).rejects.toThrow('ENOENT');
});
