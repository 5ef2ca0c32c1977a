import { describe, expect, test } from '@jest/globals';
import * as defaults from '../defaults.ts';
import { Relay, threadEnvironment } from './relay.ts';
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

function notStarted(): Relay {
  const data = { connectionString: '', serviceName: '', slot: 'staging', instance: '', version: '', exportMs: 1_000 };
  return new Relay({ data, log: () => undefined, random: Math.random });
}

test('the thread gets what it needs of the environment and nothing that is not there', () => {
  expect(threadEnvironment({ HOME: '/home/node', RELEASE_TOKEN: 'secret' })).toEqual({ HOME: '/home/node' });
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
