import { describe, expect, test } from '@jest/globals';
import { until } from '../../testbed/until.ts';
import * as defaults from '../defaults.ts';
import type { Exporter } from './exporter.ts';
import { Relay } from './relay.ts';
import type { SpanData } from './span.ts';

const SPAN: SpanData = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  parentSpanId: undefined,
  name: 'span',
  kind: 'internal',
  startNs: 1n,
  endNs: 2n,
  attributes: {},
  events: [],
  links: [],
  failed: false,
  message: '',
  resource: {},
};

const SILENT = (): void => undefined;

function notStarted(): Relay {
  return new Relay(() => Promise.reject(new Error('not loaded')), SILENT);
}

/** An exporter whose answers the test gives. */
function controlled() {
  const batches: { readonly count: number; readonly accept: () => void; readonly refuse: () => void }[] = [];
  const exporter: Exporter = {
    send: (spans) =>
      new Promise((resolve, reject) =>
        batches.push({ count: spans.length, accept: resolve, refuse: () => reject(new Error('503')) }),
      ),
    setGauges: () => undefined,
    stop: () => new Promise(() => undefined),
  };
  return { batches, exporter };
}

test('spans wait for the exporter, and are counted as sent or dropped by its answer', async () => {
  const { batches, exporter } = controlled();
  const logged: string[] = [];
  const relay = new Relay(
    async () => exporter,
    (_level, message) => logged.push(message),
  );
  relay.offer([SPAN, SPAN], 100);
  expect(batches).toHaveLength(0);
  await relay.start();
  expect(batches.map(({ count }) => count)).toEqual([2]);
  batches[0]?.accept();
  await until('they are sent', () => relay.sent === 2);
  for (const at of [1, 2]) {
    relay.offer(
      Array.from({ length: 256 }, () => SPAN),
      1_000,
    );
    batches[at]?.refuse();
    await until('they are dropped', () => relay.dropped === 256 * at);
  }
  // One outage is one line.
  expect(logged).toEqual(['spans were lost']);
});

test('spans that were sent or dropped leave their room to others', async () => {
  const { batches, exporter } = controlled();
  const relay = new Relay(async () => exporter, SILENT);
  await relay.start();
  const many = Array.from({ length: defaults.SPAN_QUEUE_LIMIT }, () => SPAN);
  for (const bytes of [defaults.SPAN_QUEUE_LIMIT_BYTES, 1_000]) {
    expect(relay.offer(many, bytes)).toBe(many.length);
    expect(relay.offer([SPAN], 1)).toBe(0);
    const done = relay.sent + relay.dropped;
    for (const [at, batch] of batches.splice(0).entries()) at % 2 === 0 ? batch.accept() : batch.refuse();
    await until('all have an answer', () => relay.sent + relay.dropped === done + many.length);
  }
});

test('an exporter that does not load, or does not stop, holds up nothing', async () => {
  const logged: string[] = [];
  const broken = new Relay(
    () => Promise.reject(new Error('no such module')),
    (_level, message) => logged.push(message),
  );
  await broken.start();
  expect(logged).toEqual(['telemetry cannot start']);
  await broken.stop(60_000);
  const hanging = new Relay(async () => controlled().exporter, SILENT);
  await hanging.start();
  await hanging.stop(10);
});

describe('the queue of spans', () => {
  test('is bounded in number', () => {
    const relay = notStarted();
    const many = Array.from({ length: defaults.SPAN_QUEUE_LIMIT + 5 }, () => SPAN);
    expect(relay.offer(many, 1_000)).toBe(defaults.SPAN_QUEUE_LIMIT);
    expect([relay.offer([SPAN], 10), relay.dropped]).toEqual([0, 6]);
  });

  test('is bounded in bytes', () => {
    const relay = notStarted();
    const ten = Array.from({ length: 10 }, () => SPAN);
    const bytes = (10 * defaults.SPAN_QUEUE_LIMIT_BYTES) / 32;
    expect(relay.offer([], 100)).toBe(0);
    const taken = [1, 2, 3, 4].map(() => relay.offer(ten, bytes));
    expect([taken, relay.dropped]).toEqual([[10, 10, 10, 2], 8]);
  });
});
