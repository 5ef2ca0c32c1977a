import type { AzureMonitorTraceExporter } from '@azure/monitor-opentelemetry-exporter';
import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { SpanData, SpanKindName } from './span.ts';

/** The span type that the exporter takes. */
export type ReadableSpan = Parameters<AzureMonitorTraceExporter['export']>[0][number];

const KINDS: Readonly<Record<SpanKindName, SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

export function readableSpan(data: SpanData, cloudRole: Readonly<Record<string, string>>): ReadableSpan {
  const context = { traceId: data.traceId, spanId: data.spanId, traceFlags: TraceFlags.SAMPLED };
  const attributes = { ...cloudRole, ...data.resource };
  const span = {
    name: data.name,
    kind: KINDS[data.kind],
    spanContext: () => context,
    ...(data.parentSpanId === undefined
      ? {}
      : { parentSpanContext: { traceId: data.traceId, spanId: data.parentSpanId, traceFlags: TraceFlags.SAMPLED } }),
    startTime: hrTime(data.startNs),
    endTime: hrTime(data.endNs),
    duration: hrTime(data.endNs - data.startNs),
    status: data.failed ? { code: SpanStatusCode.ERROR, message: data.message } : { code: SpanStatusCode.UNSET },
    attributes: { ...data.attributes } as ReadableSpan['attributes'],
    links: data.links.map((link) => ({ context: { ...link, traceFlags: TraceFlags.SAMPLED } })),
    events: data.events.map((event) => ({
      name: event.name,
      time: hrTime(event.timeNs),
      attributes: { ...event.attributes } as ReadableSpan['attributes'],
    })),
    ended: true,
    resource: { attributes, merge: () => span.resource, getRawAttributes: () => Object.entries(attributes) },
    instrumentationScope: { name: 'slipway' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  } as ReadableSpan;
  return span;
}

function hrTime(nanoseconds: bigint): [number, number] {
  return [Number(nanoseconds / 1_000_000_000n), Number(nanoseconds % 1_000_000_000n)];
}
