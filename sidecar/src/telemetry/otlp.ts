import type { Attributes, AttributeValue, SpanData, SpanKindName } from './span.ts';

/**
 * Spans in OTLP/HTTP JSON as PHP sends them, https://opentelemetry.io/docs/specs/otlp/#otlphttp. Ids are hexadecimal and
 * 64-bit numbers are strings.
 */
export interface ParsedTraces {
  readonly spans: SpanData[];
  /** The number of invalid spans. */
  readonly rejected: number;
}

const ATTRIBUTES = 128;
const EVENTS = 64;
const TEXT = 8_192;
/** In the order of the protocol's enum. The first one is "unspecified". */
const KINDS: readonly SpanKindName[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];

/** The spans of an export request, or undefined when the body is not one. */
export function parseTraces(body: unknown): ParsedTraces | undefined {
  if (!isObject(body) || !Array.isArray(body.resourceSpans)) return undefined;
  const spans: SpanData[] = [];
  let rejected = 0;
  for (const resourceSpans of objects(body.resourceSpans)) {
    const resource = isObject(resourceSpans.resource) ? attributesOf(resourceSpans.resource.attributes) : {};
    for (const scopeSpans of objects(resourceSpans.scopeSpans)) {
      if (!Array.isArray(scopeSpans.spans)) continue;
      for (const raw of scopeSpans.spans) {
        const span = isObject(raw) ? spanOf(raw, resource) : undefined;
        if (span === undefined) rejected += 1;
        else spans.push(span);
      }
    }
  }
  return { spans, rejected };
}

function spanOf(raw: Record<string, unknown>, resource: Attributes): SpanData | undefined {
  const traceId = idOf(raw.traceId, 32);
  const spanId = idOf(raw.spanId, 16);
  const startNs = nanoseconds(raw.startTimeUnixNano);
  const endNs = nanoseconds(raw.endTimeUnixNano);
  if (traceId === undefined || spanId === undefined || startNs === undefined) return undefined;
  if (endNs === undefined || endNs < startNs) return undefined;
  const status = isObject(raw.status) ? raw.status : {};
  return {
    traceId,
    spanId,
    parentSpanId: idOf(raw.parentSpanId, 16),
    name: textOf(raw.name, 1_024),
    kind: (typeof raw.kind === 'number' ? KINDS[raw.kind] : undefined) ?? 'internal',
    startNs,
    endNs,
    attributes: attributesOf(raw.attributes),
    events: objects(raw.events)
      .slice(0, EVENTS)
      .map((event) => ({
        name: textOf(event.name, 1_024),
        timeNs: nanoseconds(event.timeUnixNano) ?? startNs,
        attributes: attributesOf(event.attributes),
      })),
    links: objects(raw.links)
      .slice(0, EVENTS)
      .flatMap((link) => {
        const linked = { traceId: idOf(link.traceId, 32), spanId: idOf(link.spanId, 16) };
        return linked.traceId === undefined || linked.spanId === undefined
          ? []
          : [{ traceId: linked.traceId, spanId: linked.spanId }];
      }),
    failed: status.code === 2 || status.code === 'STATUS_CODE_ERROR',
    message: textOf(status.message, 1_024),
    resource,
  };
}

function attributesOf(raw: unknown): Attributes {
  const found: Record<string, AttributeValue> = {};
  for (const { key, value } of objects(raw).slice(0, ATTRIBUTES)) {
    if (typeof key !== 'string' || key === '' || key === '__proto__' || !isObject(value)) continue;
    const read = readValue(value);
    if (read !== undefined) found[key.slice(0, 256)] = read;
  }
  return found;
}

function readValue(value: Record<string, unknown>): AttributeValue | undefined {
  if (typeof value.stringValue === 'string') return value.stringValue.slice(0, TEXT);
  if (typeof value.boolValue === 'boolean') return value.boolValue;
  if (typeof value.doubleValue === 'number') return value.doubleValue;
  if (typeof value.intValue === 'number') return value.intValue;
  if (typeof value.intValue === 'string' && /^-?\d{1,19}$/.test(value.intValue)) return Number(value.intValue);
  if (isObject(value.arrayValue)) {
    return objects(value.arrayValue.values)
      .slice(0, ATTRIBUTES)
      .map((entry) => String(readValue(entry) ?? ''));
  }
  return undefined;
}

function idOf(value: unknown, length: number): string | undefined {
  if (typeof value !== 'string' || value.length !== length || !/^[0-9a-fA-F]+$/.test(value)) return undefined;
  return /^0+$/.test(value) ? undefined : value.toLowerCase();
}

function nanoseconds(value: unknown): bigint | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return BigInt(value);
  return typeof value === 'string' && /^[1-9]\d{0,19}$/.test(value) ? BigInt(value) : undefined;
}

function textOf(value: unknown, length: number): string {
  return typeof value === 'string' ? value.slice(0, length) : '';
}

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
