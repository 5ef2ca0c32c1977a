import { parseObject, textOf } from '../../lib/json.ts';

export type SpanKind = 'request' | 'dependency' | 'exception' | 'message';

/** One envelope of a trace, as the exporter sends it to Application Insights. */
export interface SpanRecord {
  readonly trace: string;
  readonly id: string;
  /** Empty for the request that began the trace. */
  readonly parent: string;
  /** `webapplication` or `sidecar`. */
  readonly role: string;
  /** `local-a` or `local-b`. */
  readonly instance: string;
  readonly version: string;
  readonly kind: SpanKind;
  readonly name: string;
  /** What was called: `mysql`, `redis`, `sidecar`, `Blob`; empty for a request. */
  readonly target: string;
  /** Beginning, in milliseconds since 1970. */
  readonly at: number;
  readonly ms: number;
  readonly status: string;
  readonly failed: boolean;
}

const KINDS: Readonly<Record<string, SpanKind>> = {
  RequestData: 'request',
  RemoteDependencyData: 'dependency',
  ExceptionData: 'exception',
  MessageData: 'message',
};

/** Undefined for a line that belongs to no trace: a metric, or what is no envelope. */
export function parseSpan(line: string): SpanRecord | undefined {
  const envelope = parseObject(line);
  const trace = textOf(envelope, 'tags', 'ai.operation.id');
  const kind = KINDS[textOf(envelope, 'data', 'baseType')];
  if (trace === '' || kind === undefined) return undefined;
  const data = (...path: readonly string[]): string => textOf(envelope, 'data', 'baseData', ...path);
  const tag = (name: string): string => textOf(envelope, 'tags', name);
  const { success } = (envelope.data as { baseData?: { success?: unknown } }).baseData ?? {};
  return {
    trace,
    id: data('id'),
    parent: tag('ai.operation.parentId'),
    role: tag('ai.cloud.role').split('.')[0] ?? '',
    instance: tag('ai.cloud.roleInstance'),
    version: tag('ai.application.ver'),
    kind,
    name: data('name') || data('message'),
    target: kind === 'dependency' ? targetOf(data('type'), data('name'), data('properties', 'az.namespace')) : '',
    at: Date.parse(textOf(envelope, 'time')),
    ms: durationOf(data('duration')),
    status: data('responseCode') || data('resultCode'),
    failed: success === false || kind === 'exception',
  };
}

function targetOf(type: string, name: string, namespace: string): string {
  if (namespace === 'Microsoft.Storage') return 'Blob';
  return name.startsWith('sidecar ') ? 'sidecar' : type;
}

/** `00:00:00.028187` or `1.02:03:04.5`, in milliseconds. */
export function durationOf(text: string): number {
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] =
    /^(?:(\d+)\.)?(\d+):(\d+):([\d.]+)$/.exec(text) ?? [];
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
