import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createStateDirectories } from '../state/files.ts';
import { type StatePaths, statePaths } from '../state/paths.ts';
import { ensureCertificates } from './certificates.ts';
import { IngestionEndpoint } from './ingestion.ts';

const I_KEY = 'the-instrumentation-key';
let paths: StatePaths;
let endpoint: IngestionEndpoint;
let ca: string;

beforeAll(async () => {
  paths = statePaths(await mkdtemp(join(tmpdir(), 'sw-ingest-')));
  await createStateDirectories(paths);
  const files = await ensureCertificates(paths, new Date());
  ca = await readFile(files.caFile, 'utf8');
  endpoint = new IngestionEndpoint({
    port: 0,
    directory: paths.telemetry,
    key: await readFile(files.keyFile),
    cert: await readFile(files.certFile),
    instrumentationKey: I_KEY,
  });
  await endpoint.start();
});

afterAll(async () => {
  endpoint.stop();
  await rm(paths.root, { recursive: true, force: true });
});

function post(path: string, body: Buffer | string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const call = request(
      new URL(path, endpoint.url),
      { method: 'POST', ca, headers, checkServerIdentity: () => undefined },
      (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

test('envelopes are kept one a line and counted in the answer', async () => {
  const answer = await post(
    '/v2.1/track',
    gzipSync(
      JSON.stringify([
        { name: 'one', iKey: I_KEY },
        { name: 'two', iKey: I_KEY },
      ]),
    ),
    {
      'content-encoding': 'gzip',
    },
  );
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toEqual({ itemsReceived: 2, itemsAccepted: 2, errors: [] });
  const kept = (await readFile(endpoint.file, 'utf8')).trim().split('\n');
  expect(kept.map((line) => JSON.parse(line).name)).toEqual(['one', 'two']);
});

test('a body that is no telemetry is refused and the endpoint goes on', async () => {
  expect((await post('/v2.1/track', 'nonsense')).status).toBe(400);
  expect((await post('/v2/track', `{"name":"line","iKey":"${I_KEY}"}\n`)).status).toBe(200);
});

test.each([
  ['another key', [{ name: 'forged', iKey: 'other' }]],
  ['no key', [{ name: 'forged' }]],
  [
    'one right and one wrong key',
    [
      { name: 'forged', iKey: I_KEY },
      { name: 'forged', iKey: 'other' },
    ],
  ],
])('telemetry with %s is refused and not kept', async (_, envelopes) => {
  expect((await post('/v2.1/track', JSON.stringify(envelopes))).status).toBe(400);
  expect(await readFile(endpoint.file, 'utf8')).not.toContain('forged');
});

test('a request for another host is refused', async () => {
  expect((await post('/v2.1/track', '[]', { host: 'rebound.example' })).status).toBe(403);
});

test('live metrics gets the answer that nobody is watching', async () => {
  expect((await post('/QuickPulseService.svc/ping', '{}')).status).toBe(200);
});

test('what is not part of the protocol is not found', async () => {
  expect((await post('/anything', '')).status).toBe(404);
});
