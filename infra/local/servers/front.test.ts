import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freeBase } from '../../lib/free-port.ts';
import { eventually } from '../../testbed/eventually.ts';
import { choosePorts, type Ports, publicOffsets } from '../processes/ports.ts';
import { createStateDirectories } from '../state/files.ts';
import type { WorkerId } from '../state/paths.ts';
import { type StatePaths, statePaths } from '../state/paths.ts';
import { workerSocket } from '../worker/process-worker.ts';
import { NginxFront, TRAFFIC_LOG } from './front.ts';

let paths: StatePaths;
let ports: Ports;
let front: NginxFront;
const workers: Server[] = [];
/** Answers of `/slow`, to be given later. */
const held: (() => void)[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

beforeAll(async () => {
  paths = statePaths(await mkdtemp(join(tmpdir(), 'sw-front-')));
  await createStateDirectories(paths);
  ports = await choosePorts(paths, await freeBase(publicOffsets));
  for (const id of ['a', 'b'] as const) {
    const worker = createServer((incoming, response) => {
      const seen = { worker: id, forwarded: incoming.headers['x-forwarded-for'], host: incoming.headers.host };
      const answer = () => response.end(JSON.stringify(seen));
      if (incoming.url === '/slow') held.push(answer);
      else answer();
    });
    await mkdir(paths.worker(id).run, { recursive: true });
    await new Promise<void>((resolve) => worker.listen(workerSocket(paths, id), resolve));
    workers.push(worker);
  }
  front = new NginxFront({
    paths,
    ports: { production: ports.production, staging: ports.staging },
    socketOf: (id) => workerSocket(paths, id),
  });
  await front.route('production', 'a');
  await front.route('staging', 'b');
  await front.start();
});

afterAll(async () => {
  agent.destroy();
  await front.stop(1_000);
  for (const worker of workers) worker.close();
  await rm(paths.root, { recursive: true, force: true });
});

function get(path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: ports.production, path, agent }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    call.on('error', reject);
    call.end();
  });
}

const workerOf = (answer: { body: string }): WorkerId => JSON.parse(answer.body).worker;

test('a swap moves new requests at once and loses none of a busy keep-alive client', async () => {
  let routed: WorkerId = 'a';
  let running = true;
  const statuses: number[] = [];
  const clients = Array.from({ length: 8 }, async () => {
    while (running) statuses.push((await get('/')).status);
  });
  for (let swap = 0; swap < 100; swap++) {
    routed = routed === 'a' ? 'b' : 'a';
    await front.route('production', routed);
    expect(workerOf(await get('/'))).toBe(routed);
  }
  running = false;
  await Promise.all(clients);
  expect(statuses.length).toBeGreaterThan(100);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});

test('a request in flight ends where it began', async () => {
  await front.route('production', 'a');
  const slow = get('/slow');
  await eventually('the slow request has arrived', () => held.length > 0);
  await front.route('production', 'b');
  expect(workerOf(await get('/'))).toBe('b');
  for (const answer of held) answer();
  expect(workerOf(await slow)).toBe('a');
});

test('the client is named to the worker, after what it claims itself to be', async () => {
  const answer = await fetch(`http://127.0.0.1:${ports.production}/`, { headers: { 'x-forwarded-for': '6.6.6.6' } });
  expect(await answer.json()).toMatchObject({ forwarded: '6.6.6.6, 127.0.0.1' });
});

test('each request leaves a line with its slot, end, duration and status, and nothing of its address', async () => {
  const before = Date.now() / 1000;
  await front.route('production', 'a');
  await (await fetch(`http://127.0.0.1:${ports.production}/secret?token=secret`)).arrayBuffer();
  await (await fetch(`http://127.0.0.1:${ports.staging}/`)).arrayBuffer();
  const lines = async (): Promise<string[]> => (await readFile(join(paths.traffic, TRAFFIC_LOG), 'utf8')).split('\n');
  const of = async (slot: string) => (await lines()).filter((line) => line.startsWith(`${slot} `)).at(-1) ?? '';
  await eventually('the front has written', async () => /^s [\d.]+ [\d.]+ 200$/.test(await of('s')));
  await eventually('the request is written', async () => Number((await of('p')).split(' ')[1]) >= before - 1);
  expect((await lines()).join('\n')).not.toContain('secret');
});

test('an unavailable worker gives 503 with Retry-After, and the other slot goes on', async () => {
  await front.route('staging', 'a');
  await rm(workerSocket(paths, 'a'));
  const gone = await fetch(`http://127.0.0.1:${ports.staging}/`);
  expect([gone.status, gone.headers.get('retry-after')]).toEqual([503, '5']);
  await front.route('production', 'b');
  expect((await get('/')).status).toBe(200);
});
