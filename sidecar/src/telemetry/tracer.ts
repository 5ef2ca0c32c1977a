import { randomBytes } from 'node:crypto';
import type { Attributes, AttributeValue, SpanData, SpanKindName } from './span.ts';

/** The W3C trace context of a request, https://www.w3.org/TR/trace-context/. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
}

export interface Span extends TraceContext {
  set(key: string, value: AttributeValue): void;
  end(failure?: string): void;
}

export type StartSpan = (parent: TraceContext, name: string, kind: SpanKindName, attributes: Attributes) => Span;

/** The context of a sampled `traceparent`; undefined when it is absent, invalid or not sampled. */
export function parseTraceparent(header: string | string[] | undefined): TraceContext | undefined {
  if (typeof header !== 'string') return undefined;
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header.trim());
  if (match === null) return undefined;
  const [, version, traceId = '', spanId = '', flags = '0', rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId) || (Number.parseInt(flags, 16) & 1) === 0) return undefined;
  return { traceId, spanId };
}

/** Creates the sidecar's own spans as part of the caller's trace. */
export function tracer(emit: (span: SpanData) => void, nowMs: () => number, resource: Attributes): StartSpan {
  const nowNs = (): bigint => BigInt(Math.round(nowMs() * 1_000)) * 1_000n;
  return (parent, name, kind, attributes) => {
    const own: Record<string, AttributeValue> = { ...attributes };
    const spanId = randomBytes(8).toString('hex');
    const startNs = nowNs();
    return {
      traceId: parent.traceId,
      spanId,
      set: (key, value) => {
        own[key] = value;
      },
      end: (failure) =>
        emit({
          traceId: parent.traceId,
          spanId,
          parentSpanId: parent.spanId,
          name,
          kind,
          startNs,
          endNs: nowNs(),
          attributes: own,
          events: [],
          links: [],
          failed: failure !== undefined,
          message: failure ?? '',
          resource,
        }),
    };
  };
}
