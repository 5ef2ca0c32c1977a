import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { unixConnections } from './unix-connections.ts';

let directory: string;
let socketPath: string;
let listener: Server | ChildProcess | undefined;
const clients: Socket[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sw-unix-'));
  socketPath = join(directory, 's');
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  if (listener !== undefined) 'kill' in listener ? listener.kill('SIGKILL') : listener.close();
  await rm(directory, { recursive: true });
});

async function connect(): Promise<void> {
  const client = createConnection(socketPath);
  clients.push(client);
  client.on('error', () => undefined);
  await once(client, 'connect');
}

test('connections count as long as they are open', async () => {
  listener = createServer().listen(socketPath);
  await once(listener, 'listening');
  expect(await unixConnections(socketPath)).toBe(0);
  await connect();
  await connect();
  expect(await unixConnections(socketPath)).toBe(2);
  clients[0]?.destroy();
  await eventually('one is left', async () => (await unixConnections(socketPath)) === 1);
});

test('a connection that nobody has accepted yet counts too', async () => {
  listener = spawn(process.execPath, [join(import.meta.dirname, 'stalled-listener.fixture.ts'), socketPath]);
  await once(listener.stdout as NonNullable<ChildProcess['stdout']>, 'data');
  await connect();
  expect(await unixConnections(socketPath)).toBe(1);
});
