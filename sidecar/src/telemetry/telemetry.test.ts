import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseTraces } from './otlp.ts';
import { readableSpan } from './readable-span.ts';
import type { SpanData } from './span.ts';
import { parseTraceparent, tracer } from './tracer.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('spans in OTLP/HTTP JSON', () => {
  test('are read with their attributes, events and status', () => {
    const parsed = parseTraces({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'php' } }] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: TRACE.toUpperCase(),
                  spanId: SPAN,
                  parentSpanId: '',
                  name: 'SELECT',
                  kind: 3,
                  startTimeUnixNano: '1700000000000000001',
                  endTimeUnixNano: '1700000000000000005',
                  attributes: [
                    { key: 'rows', value: { intValue: '42' } },
                    { key: 'cached', value: { boolValue: false } },
                    { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }] } } },
                    { key: '__proto__', value: { stringValue: 'x' } },
                  ],
                  events: [{ name: 'exception', timeUnixNano: '1700000000000000003', attributes: [] }],
                  status: { code: 2, message: 'gone away' },
                },
                { traceId: 'short', spanId: SPAN },
              ],
            },
          ],
        },
      ],
    });
    expect(parsed?.rejected).toBe(1);
    expect(parsed?.spans).toEqual([
      {
        traceId: TRACE,
        spanId: SPAN,
        parentSpanId: undefined,
        name: 'SELECT',
        kind: 'client',
        startNs: 1_700_000_000_000_000_001n,
        endNs: 1_700_000_000_000_000_005n,
        attributes: { rows: 42, cached: false, list: ['a'] },
        events: [{ name: 'exception', timeNs: 1_700_000_000_000_000_003n, attributes: {} }],
        links: [],
        failed: true,
        message: 'gone away',
        resource: { 'service.name': 'php' },
      },
    ]);
  });

  test('never make the reader throw, whatever they are', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void parseTraces(value)));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        parseTraces({
          resourceSpans: [
            value,
            {
              resource: value,
              scopeSpans: [
                value,
                {
                  spans: [
                    value,
                    {
                      traceId: TRACE,
                      spanId: SPAN,
                      attributes: value,
                      events: value,
                      status: value,
                      startTimeUnixNano: '1',
                      endTimeUnixNano: '2',
                    },
                  ],
                },
              ],
            },
          ],
        });
      }),
    );
  });
});

describe('traceparent', () => {
  test('is taken when it is sampled and well formed', () => {
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN });
    expect(parseTraceparent(`01-${TRACE}-${SPAN}-03-more`)).toEqual({ traceId: TRACE, spanId: SPAN });
    const wrong = [
      undefined,
      '',
      `00-${TRACE}-${SPAN}-00`,
      `00-${'0'.repeat(32)}-${SPAN}-01`,
      `00-${TRACE}-${'0'.repeat(16)}-01`,
    ];
    for (const header of [
      ...wrong,
      `ff-${TRACE}-${SPAN}-01`,
      `00-${TRACE}-${SPAN}-01-x`,
      `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    ]) {
      expect([header, parseTraceparent(header)]).toEqual([header, undefined]);
    }
  });

  test('makes spans that are part of the trace', () => {
    const ended: SpanData[] = [];
    let now = 1_700_000_000_000;
    const span = tracer(
      (data) => ended.push(data),
      () => now,
      { 'service.name': 's' },
    )({ traceId: TRACE, spanId: SPAN }, 'work', 'server', {});
    now += 5;
    span.set('key', 1);
    span.end('broke');
    expect(ended[0]).toMatchObject({
      traceId: TRACE,
      parentSpanId: SPAN,
      failed: true,
      message: 'broke',
      attributes: { key: 1 },
    });
    expect((ended[0]?.endNs ?? 0n) - (ended[0]?.startNs ?? 0n)).toBe(5_000_000n);
    const readable = readableSpan(ended[0] as SpanData, { 'service.instance.id': 'i' });
    expect(readable.duration).toEqual([0, 5_000_000]);
    expect(readable.resource.attributes).toEqual({ 'service.instance.id': 'i', 'service.name': 's' });
  });
});
