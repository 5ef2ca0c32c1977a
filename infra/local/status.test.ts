import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../lib/free-port.ts';
import { type DescribedWorker, describeSlot } from './status.ts';

/** Takes connections, as a sidecar does that is there. */
const sidecar = createServer((socket) => socket.destroy());
let sidecarPort = 0;
let closedPort = 0;
beforeAll(async () => {
  [sidecarPort, closedPort] = [await freePort(), await freePort()];
  await new Promise<void>((resolve) => sidecar.listen(sidecarPort, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => sidecar.close(resolve)));

/** A worker whose application answers its paths with these statuses; nobody answers without one. */
function worker(statuses: Readonly<Record<string, number>>): DescribedWorker {
  return {
    id: 'a',
    exits: {},
    isDeployed: async () => true,
    ping: async (path) => {
      const status = statuses[path];
      if (status === undefined) throw new Error('nobody answers');
      return { status, body: '{"version":"v1","schema":"20260101000000","startedAt":"2026-11-28T12:00:00.000Z"}' };
    },
    processes: async () => ({ nginx: 1, phpFpm: 2, sidecar: 3 }),
    applicationWorkers: async () => ({ declared: null, workers: [], schedule: [] }),
  };
}

const LIVE = { '/_slipway/live': 200, '/_slipway/version': 200 };

test('an instance is ready when its application lives and its sidecar takes connections', async () => {
  const { healthy, version, instances } = await describeSlot(worker(LIVE), sidecarPort);
  expect([healthy, version, instances[0]?.ready]).toEqual([true, 'v1', true]);
});

test('an instance without its sidecar is healthy to visitors, and not ready', async () => {
  const { healthy, instances, media } = await describeSlot(worker(LIVE), closedPort);
  expect([healthy, instances[0]?.ready, media]).toEqual([true, false, null]);
});

test.each([
  ['answers 503', { ...LIVE, '/_slipway/live': 503 }],
  ['does not answer', {}],
])('an instance whose application %s is neither healthy nor ready', async (_what, statuses) => {
  const { healthy, instances } = await describeSlot(worker(statuses), sidecarPort);
  expect([healthy, instances[0]?.ready]).toEqual([false, false]);
});

test('a version that is answered with an error is none', async () => {
  const { version, since } = await describeSlot(worker({ ...LIVE, '/_slipway/version': 500 }), sidecarPort);
  expect([version, since]).toEqual([null, null]);
});
