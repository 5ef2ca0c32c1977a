import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { png, ulidName, writeAtomically } from '../testbed/files.ts';
import { type Envelope, Ingestion } from '../testbed/ingestion.ts';
import { REDIS_PASSWORD, Redis } from '../testbed/redis.ts';
import type { SidecarProcess } from '../testbed/sidecar-process.ts';
import { Testbed } from '../testbed/testbed.ts';
import { until } from '../testbed/until.ts';
import * as defaults from './defaults.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
/** Of the second sidecar, which has to stop long before it ends. */
const METRIC_INTERVAL_MS = 20_000;

jest.setTimeout(120_000);

/** The background tasks, against a real Redis and an ingestion endpoint. */
describe('beside the sync the sidecar', () => {
  let bed: Testbed;
  let redis: Redis;
  let ingestion: Ingestion;
  let first: SidecarProcess;
  let second: SidecarProcess;
  const appSocket = (): string => join(bed.folder, 'app.sock');

  beforeAll(async () => {
    bed = await Testbed.start();
    [redis, ingestion] = await Promise.all([
      Redis.start(bed.folder, bed.certificate),
      Ingestion.start(bed.certificate),
    ]);
    const env = {
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: String(redis.port),
      REDIS_PASSWORD,
      APPLICATIONINSIGHTS_CONNECTION_STRING: ingestion.connectionString,
      APP_INTERNAL_URL: `unix:${appSocket()}`,
      WEBSITE_SITE_NAME: 'site-of-the-test',
      OTEL_METRIC_EXPORT_INTERVAL: '2000',
    };
    [first, second] = await Promise.all([
      bed.sidecar({ env: { ...env, WEBSITE_INSTANCE_ID: 'first' } }),
      bed.sidecar({
        env: { ...env, WEBSITE_INSTANCE_ID: 'second', OTEL_METRIC_EXPORT_INTERVAL: String(METRIC_INTERVAL_MS) },
      }),
    ]);
  });
  afterAll(async () => {
    await bed?.stop();
    await redis?.down();
    await ingestion?.close();
  });

  const key = async (instance: string): Promise<string> => {
    const id = readFileSync(join(first.mediaRoot, '.outbox-id'), 'utf8');
    return `slipway:sidecar:${id}:${instance}`;
  };

  test('keeps a key of its own in Redis, with its status and 15 s to live', async () => {
    await until(
      'both know each other',
      async () => (await first.status()).others === 1 && (await second.status()).others === 1,
    );
    const ttl = Number((await redis.command(`TTL ${await key('first')}`)).replace(':', ''));
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(15);
    // Its first beat may come before its first look at the outbox.
    const value = await until('it is written that it is ready', async () => {
      const found = JSON.parse((await redis.command(`GET ${await key('second')}`)).split('\r\n')[1] ?? '{}');
      return found.ready === true && found;
    });
    expect(value).toMatchObject({ instance: 'second', media: { pending: 0 } });
  });

  test('shares an outbox: the one that is asked carries, the other leaves the file to it', async () => {
    const before = (await second.status()).counts;
    for (let at = 0; at < 20; at += 1) {
      const name = ulidName();
      await writeAtomically(first.outbox, name, png());
      expect((await first.carryOnceAvailable(name)).status).toBe(200);
    }
    const after = (await second.status()).counts;
    expect([after.uploaded, after.alreadyThere]).toEqual([before.uploaded, before.alreadyThere]);
    const unasked = Array.from({ length: 20 }, () => ulidName());
    for (const name of unasked) await writeAtomically(first.outbox, name, png());
    expect((await first.drain(60)).status).toBe(200);
    for (const name of unasked) expect(await bed.azurite.container().getBlobClient(name).exists()).toBe(true);
  });

  test('takes spans of PHP and sends them on, with its own in the same trace', async () => {
    const name = ulidName();
    await writeAtomically(first.outbox, name, png());
    expect((await first.carryOnceAvailable(name, 1_500, { traceparent: `00-${TRACE}-${PARENT}-01` })).status).toBe(200);
    const sent = await fetch(`${first.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(exportRequest()),
    });
    expect([sent.status, await sent.json()]).toEqual([200, {}]);
    const ours = (): Envelope[] => ingestion.envelopes.filter(({ tags }) => tags['ai.operation.id'] === TRACE);
    // The exporter names a dependency by its method and path.
    const names = [/^GET \/media$/, /^POST \/carry$/, /^PUT \//] as const;
    const find = (wanted: RegExp): Envelope | undefined =>
      ours().find(({ data }) => wanted.test(String(data.baseData.name)));
    await until('all three spans have arrived', () => names.every((wanted) => find(wanted) !== undefined));
    const [php, carry, put] = names.map(find);
    expect(php?.data.baseType).toBe('RequestData');
    expect(php?.tags['ai.cloud.role']).toBe('php');
    expect(carry?.data.baseType).toBe('RequestData');
    expect(carry?.tags['ai.operation.parentId']).toBe(PARENT);
    expect(put?.data.baseType).toBe('RemoteDependencyData');
    expect(put?.tags['ai.operation.parentId']).toBe(carry?.data.baseData.id);
    // Counted once the answer is back, which is after they have arrived.
    await until('all three are counted as sent', async () => Number((await first.status()).counts.spansSent) >= 3);
  });

  test('sends a heartbeat metric', async () => {
    const metric = await until('the heartbeat has arrived', () =>
      ingestion.envelopes.find(({ data }) =>
        JSON.stringify(data.baseData.metrics ?? '').includes('slipway_sidecar_ready'),
      ),
    );
    expect(metric.tags['ai.cloud.role']).toContain('site-of-the-test');
  });

  test('takes as many bytes of spans as it gets out, but only so many requests at once', async () => {
    const [request] = exportRequest().resourceSpans;
    const [span] = request?.scopeSpans[0]?.spans ?? [];
    const attributes = Array.from({ length: 100 }, (_, at) => ({
      key: `key-${at}`,
      value: { stringValue: 'x'.repeat(8_000) },
    }));
    const large = JSON.stringify({
      resourceSpans: [{ ...request, scopeSpans: [{ spans: [{ ...span, attributes }] }] }],
    });
    const post = (): Promise<Response> =>
      fetch(`${first.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: large,
      });
    const before = Number((await first.status()).counts.spansSent);
    const needed = Math.ceil((1.5 * defaults.SPAN_QUEUE_LIMIT_BYTES) / large.length);
    for (let at = 1; at <= needed; at += 1) {
      expect(await (await post()).json()).toEqual({});
      await until('it is sent', async () => Number((await first.status()).counts.spansSent) >= before + at);
    }
    const head =
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
    const slow = Array.from({ length: defaults.TRACES_AT_ONCE }, () => {
      const socket = connect(Number(new URL(first.url).port), '127.0.0.1', () => socket.write(head));
      return socket.on('error', () => undefined);
    });
    await until('there is no room', async () => (await post()).status === 429);
    for (const socket of slow) socket.destroy();
    await until('there is room again', async () => (await post()).status === 200);
  });

  test('drops and counts spans when there is no room, and carries on regardless', async () => {
    ingestion.hanging = true;
    const [request] = exportRequest().resourceSpans;
    const span = request?.scopeSpans[0]?.spans[0];
    const many = {
      resourceSpans: [{ ...request, scopeSpans: [{ spans: Array.from({ length: 1_500 }, () => span) }] }],
    };
    const answers = [];
    for (let at = 0; at < 3; at += 1) {
      const response = await fetch(`${first.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(many),
      });
      expect(response.status).toBe(200);
      answers.push(await response.json());
    }
    expect(answers[2]).toMatchObject({ partialSuccess: { rejectedSpans: '1500' } });
    expect((await first.status()).counts.spansDropped).toBeGreaterThanOrEqual(2_400);
    const name = ulidName();
    await writeAtomically(first.outbox, name, png());
    expect((await first.carryOnceAvailable(name)).status).toBe(200);
    ingestion.hanging = false;
  });

  test('has PHP write its journal, again and again until it says that it did', async () => {
    const journal = join(first.mediaRoot, 'journal');
    const calls: IncomingMessage[] = [];
    const app = createServer((request, response) => {
      calls.push(request);
      response.writeHead(calls.length < 2 ? 503 : 204).end();
      if (calls.length >= 2) void rm(join(journal, 'row.json'), { force: true });
    });
    await new Promise<void>((resolve) => app.listen(appSocket(), resolve));
    await mkdir(journal, { recursive: true });
    await writeFile(join(journal, '.tmp-row.json'), '{}');
    await writeFile(join(journal, 'row.json'), '{}');
    await until('it was called again', () => calls.length >= 2);
    expect([calls[0]?.method, calls[0]?.url, calls[0]?.headers.authorization]).toEqual([
      'POST',
      '/internal/journal/flush',
      'Bearer release-token-of-the-test',
    ]);
    await new Promise((resolve) => app.close(resolve));
  });

  test('lives through malformed requests of every kind', async () => {
    const port = Number(new URL(first.url).port);
    const raw = [
      'garbage\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'POST /carry?name=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{',
      `GET /${'a'.repeat(70_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      'GET /blob/%00 HTTP/1.1\r\nHost: localhost\r\nRange: bytes=-\r\n\r\n',
      '\u0000\u0001\u0002',
    ];
    for (const text of raw) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.end(text));
        socket.on('error', () => resolve());
        socket.on('close', () => resolve());
        socket.resume();
      });
    }
    const bodies = [
      '',
      '[]',
      'null',
      '{',
      '{"resourceSpans":1}',
      '{"resourceSpans":[{"scopeSpans":[{"spans":[1,{},null]}]}]}',
    ];
    const statuses = [];
    for (const body of bodies) {
      const response = await fetch(`${first.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      statuses.push(response.status);
    }
    expect(statuses).toEqual([400, 400, 400, 400, 400, 200]);
    const big = await fetch(`${first.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.alloc(1_100_000, ' '),
    }).then(
      (response) => response.status,
      () => 413,
    );
    expect(big).toBe(413);
    for (const [method, path, status] of [
      ['GET', '/carry', 405],
      ['DELETE', '/status', 405],
      ['GET', '/nothing', 404],
      ['POST', '/carry', 400],
      ['POST', '/carry?name=a&wait=soon', 400],
      ['POST', '/drain?timeout=-1', 400],
      ['POST', '/v1/traces', 415],
    ] as const) {
      expect([method, path, (await fetch(`${first.url}${path}`, { method })).status]).toEqual([method, path, status]);
    }
    expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
    expect(first.ended).toBe(false);
  });

  test('ends within its limits when Application Insights hangs', async () => {
    await until('it has sent metrics', () =>
      ingestion.envelopes.some(({ tags }) => tags['ai.cloud.roleInstance'] === 'second'),
    );
    ingestion.hanging = true;
    const sent = await fetch(`${second.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(exportRequest()),
    });
    expect(sent.status).toBe(200);
    // Without the limit it would wait for the answer for as long as its interval.
    const hung = sleep(METRIC_INTERVAL_MS, 'hung', { ref: false });
    expect(await Promise.race([second.down('SIGTERM'), hung])).toBe(0);
  });

  test('never writes a secret to its log', () => {
    for (const secret of [
      REDIS_PASSWORD,
      'release-token-of-the-test',
      bed.identity.header,
      '00000000-0000-0000-0000-00000000abcd',
    ]) {
      expect(first.output + second.output).not.toContain(secret);
    }
  });
});

function exportRequest() {
  const now = BigInt(Date.now()) * 1_000_000n;
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'php' } }] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: TRACE,
                spanId: PARENT,
                name: 'GET /media',
                kind: 2,
                startTimeUnixNano: String(now - 5_000_000n),
                endTimeUnixNano: String(now),
                attributes: [{ key: 'http.request.method', value: { stringValue: 'GET' } }],
                status: {},
              },
            ],
          },
        ],
      },
    ],
  };
}
