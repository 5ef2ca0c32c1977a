import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { durationOf } from './trace-records.ts';
import { listTraces, readTrace } from './traces.ts';

interface Made {
  readonly trace: string;
  readonly id: string;
  readonly parent?: string;
  readonly at: number;
  readonly ms: number;
  readonly name: string;
  readonly kind?: 'RequestData' | 'RemoteDependencyData';
  readonly role?: string;
  readonly type?: string;
  readonly success?: boolean;
  readonly status?: string;
}

let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'slipway-traces-'));
  mkdirSync(join(stateDir, 'telemetry'));
});

afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

/** As the exporter sends it. */
function envelope({
  trace,
  id,
  parent,
  at,
  ms,
  name,
  kind = 'RequestData',
  role = 'webapplication',
  ...rest
}: Made): string {
  const { type = '', success = true, status = '200' } = rest;
  const duration = `00:00:${(ms / 1000).toFixed(6).padStart(9, '0')}`;
  const result = kind === 'RequestData' ? { responseCode: status } : { resultCode: status };
  return JSON.stringify({
    time: new Date(1_700_000_000_000 + at).toISOString(),
    tags: {
      'ai.cloud.role': `${role}.app-x`,
      'ai.cloud.roleInstance': 'local-a',
      'ai.application.ver': 'abc',
      'ai.operation.id': trace,
      ...(parent === undefined ? {} : { 'ai.operation.parentId': parent }),
    },
    data: { baseType: kind, baseData: { id, name, duration, success, type, ...result } },
  });
}

function keep(name: string, lines: readonly string[]): void {
  writeFileSync(join(stateDir, 'telemetry', name), lines.map((line) => `${line}\n`).join(''));
}

const request = (trace: string, at: number, ms: number, more: Partial<Made> = {}): string =>
  envelope({ trace, id: `${trace}-root`, at, ms, name: `GET /${trace}`, ...more });

test('traces are listed the newest first, over both files, metrics and rubbish left out', async () => {
  keep('telemetry.ndjson.1', [request('old', 0, 5)]);
  keep('telemetry.ndjson', [
    'rubbish',
    '{"data":{"baseType":"MetricData"}}',
    request('mid', 10, 5),
    request('new', 20, 5),
  ]);
  expect((await listTraces(stateDir, { limit: 10 })).map(({ id }) => id)).toEqual(['new', 'mid', 'old']);
  expect((await listTraces(stateDir, { limit: 1 })).map(({ id }) => id)).toEqual(['new']);
});

test('the slowest, the failed and those with a text in any span are found', async () => {
  const insert = {
    parent: 'b-root',
    kind: 'RemoteDependencyData',
    type: 'mysql',
    name: 'mysql INSERT images',
  } as const;
  keep('telemetry.ndjson', [
    request('a', 0, 900),
    envelope({ trace: 'b', id: 'b1', at: 11, ms: 2, ...insert }),
    request('b', 10, 8),
    request('c', 20, 5, { success: false, status: '503' }),
  ]);
  const ids = async (choice: object) => (await listTraces(stateDir, { limit: 10, ...choice })).map(({ id }) => id);
  expect(await ids({ slow: true })).toEqual(['a', 'b', 'c']);
  expect(await ids({ failed: true })).toEqual(['c']);
  expect(await ids({ text: 'insert' })).toEqual(['b']);
  expect(await ids({ text: '503' })).toEqual(['c']);
  expect((await listTraces(stateDir, { limit: 10, text: 'INSERT' }))[0]?.spans).toBe(2);
});

test('a trace is drawn from the request to Blob, each span below the one that caused it', async () => {
  const part = { trace: 'feed', kind: 'RemoteDependencyData' } as const;
  keep('telemetry.ndjson', [
    envelope({
      ...part,
      id: 'put',
      parent: 'carry',
      at: 40,
      ms: 20,
      name: 'PUT /media/x',
      role: 'sidecar',
      type: 'Http',
    }),
    envelope({
      ...part,
      id: 'carry',
      parent: 'call',
      at: 38,
      ms: 24,
      name: 'POST /carry',
      role: 'sidecar',
      kind: 'RequestData',
    }),
    envelope({ ...part, id: 'call', parent: 'root', at: 37, ms: 26, name: 'sidecar POST /carry', type: 'Http' }),
    envelope({ ...part, id: 'redis', parent: 'root', at: 3, ms: 30, name: 'redis EVAL', type: 'redis' }),
    envelope({ ...part, id: 'root', at: 0, ms: 100, name: 'POST /api/generate-image', kind: 'RequestData' }),
  ]);
  const spans = await readTrace(stateDir, 'fee');
  expect(spans.map(({ depth, name, startMs, target }) => [depth, name, startMs, target])).toEqual([
    [0, 'POST /api/generate-image', 0, ''],
    [1, 'redis EVAL', 3, 'redis'],
    [1, 'sidecar POST /carry', 37, 'sidecar'],
    [2, 'POST /carry', 38, ''],
    [3, 'PUT /media/x', 40, 'Http'],
  ]);
  expect(await readTrace(stateDir, 'none')).toEqual([]);
});

test('spans that name each other as their cause end nothing', async () => {
  keep('telemetry.ndjson', [request('x', 0, 1, { id: 'self', parent: 'self' })]);
  expect((await readTrace(stateDir, 'x')).map(({ id }) => id)).toEqual(['self']);
});

test.each([
  ['00:00:00.028187', 28.187],
  ['00:01:02.5', 62_500],
  ['1.00:00:00', 86_400_000],
  ['', 0],
])('the duration %s is %d ms', (text, ms) => {
  expect(durationOf(text)).toBeCloseTo(ms, 6);
});
