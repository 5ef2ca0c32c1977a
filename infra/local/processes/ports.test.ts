import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { freeBase } from '../../lib/free-port.ts';
import { createStateDirectories } from '../state/files.ts';
import { type StatePaths, statePaths } from '../state/paths.ts';
import { choosePorts, publicOffsets } from './ports.ts';

let paths: StatePaths;
let base: number;
let servers: Server[];

beforeEach(async () => {
  paths = statePaths(await mkdtemp(join(tmpdir(), 'slipway-ports-')));
  await createStateDirectories(paths);
  base = await freeBase(publicOffsets);
  servers = [];
});

afterEach(async () => {
  for (const server of servers) server.close();
  await rm(paths.root, { recursive: true, force: true });
});

async function occupy(port: number): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}

test('production, staging, the console and the management plane have fixed distances from the base', async () => {
  const ports = await choosePorts(paths, base);
  expect([ports.production, ports.staging, ports.console, ports.management]).toEqual([
    base,
    base + 1,
    base + 2,
    base + 363,
  ]);
});

test('a public port that is taken is refused, with its number and another base to try', async () => {
  await occupy(base + 1);
  await expect(choosePorts(paths, base)).rejects.toMatchObject({
    code: 'SLIP-LOCAL-PORT-IN-USE',
    detail: { found: expect.stringContaining(String(base + 1)), fix: expect.stringContaining('--port') },
  });
});

test('internal ports stay the same from start to start, but for one that somebody took', async () => {
  const { internal: before } = await choosePorts(paths, base);
  await occupy(before.redis);
  const { internal: after } = await choosePorts(paths, base);
  expect(after.redis).not.toBe(before.redis);
  expect({ ...after, redis: 0 }).toEqual({ ...before, redis: 0 });
});

test('no internal port is one that the kernel gives to the near end of a connection', async () => {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
  const { internal } = await choosePorts(paths, base);
  expect(Math.max(...Object.values(internal))).toBeLessThan(Number.parseInt(range, 10));
});

test('a damaged record of ports is replaced', async () => {
  await writeFile(paths.ports, '{"mysql": -4, "redis"');
  const { internal } = await choosePorts(paths, base);
  expect(new Set(Object.values(internal)).size).toBe(Object.keys(internal).length);
});
