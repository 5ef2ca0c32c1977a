import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ControlServer, callRegion } from './control-socket.ts';
import type { FaultTarget } from './faults.ts';

let directory: string;
let server: ControlServer;
let switched: [FaultTarget, boolean][];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-control-'));
  switched = [];
  server = new ControlServer(join(directory, 'region.sock'), {
    status: async () => ({ region: 'local' }),
    restartDead: async () => [],
    adopt: async () => undefined,
    stop: async () => 0,
    switchFault: async (target, on) => {
      switched.push([target, on]);
    },
  });
  await server.start();
});

afterEach(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

test('an action answers with what it resolves with', async () => {
  expect(await callRegion(join(directory, 'region.sock'), 'status', 5_000)).toEqual({ region: 'local' });
});

test('a fault names what is switched and to what', async () => {
  await callRegion(join(directory, 'region.sock'), 'fault/redis/off', 5_000);
  await callRegion(join(directory, 'region.sock'), 'fault/sidecar/on', 5_000);
  expect(switched).toEqual([
    ['redis', false],
    ['sidecar', true],
  ]);
});

test('a socket that nobody listens on gives undefined', async () => {
  expect(await callRegion(join(directory, 'none.sock'), 'status', 5_000)).toBeUndefined();
});
