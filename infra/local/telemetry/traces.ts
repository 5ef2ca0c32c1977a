import { join } from 'node:path';
import { linesBackwards } from '../processes/lines-backwards.ts';
import { statePaths } from '../state/paths.ts';
import { parseSpan, type SpanRecord } from './trace-records.ts';

const TELEMETRY = 'telemetry.ndjson';
/** Telemetry of one request comes in several batches. */
const READ_PAST_LIMIT = 2_000;

/** One request's path in short. */
export interface TraceSummary {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly ms: number;
  readonly status: string;
  readonly failed: boolean;
  readonly instance: string;
  readonly version: string;
  readonly spans: number;
}

export interface TraceChoice {
  /** Only traces whose name, status, id, version or a span's name has this text. */
  readonly text?: string;
  readonly failed?: boolean;
  /** The slowest of all that are kept, the slowest first. */
  readonly slow?: boolean;
  readonly limit: number;
}

/** A span in the order in which it is drawn: below the one that caused it. */
export interface DrawnSpan extends SpanRecord {
  readonly depth: number;
  /** From the beginning of the trace. */
  readonly startMs: number;
}

/** The traces that the ingestion endpoint has kept, the newest first; of a restart of the region it knows nothing. */
export async function listTraces(stateDir: string, choice: TraceChoice): Promise<TraceSummary[]> {
  const roots = new Map<string, SpanRecord>();
  const spans = new Map<string, number>();
  const matching = new Set<string>();
  const shown = new Set<string>();
  let linesPast = 0;
  for await (const span of spansBackwards(stateDir)) {
    spans.set(span.trace, (spans.get(span.trace) ?? 0) + 1);
    if (choice.text === undefined || textsOf(span).includes(choice.text.toLowerCase())) matching.add(span.trace);
    if (isRoot(span)) roots.set(span.trace, span);
    const root = roots.get(span.trace);
    if (root !== undefined && matching.has(span.trace) && (!choice.failed || root.failed)) shown.add(span.trace);
    if (!choice.slow && shown.size >= choice.limit && ++linesPast > READ_PAST_LIMIT) break;
  }
  const chosen = [...roots.values()].filter(({ trace }) => shown.has(trace));
  const sorted = chosen.toSorted((a, b) => (choice.slow ? b.ms - a.ms : b.at - a.at));
  return sorted.slice(0, choice.limit).map((root) => summaryOf(root, spans.get(root.trace) ?? 1));
}

/** Every span of a trace by its id or the beginning of it; empty when none is kept. */
export async function readTrace(stateDir: string, id: string): Promise<DrawnSpan[]> {
  const found: SpanRecord[] = [];
  for await (const span of spansBackwards(stateDir, id)) if (span.trace.startsWith(id)) found.push(span);
  const [first] = found;
  return first === undefined ? [] : drawn(found.filter(({ trace }) => trace === first.trace));
}

/** A span below the one that caused it, siblings by their beginning. */
export function drawn(spans: readonly SpanRecord[]): DrawnSpan[] {
  const ids = new Set(spans.map(({ id }) => id));
  const begin = Math.min(...spans.map(({ at }) => at));
  const below = (parent: string | undefined, depth: number): DrawnSpan[] =>
    spans
      .filter((span) =>
        parent === undefined
          ? span.parent === span.id || !ids.has(span.parent)
          : span.parent === parent && span.id !== parent,
      )
      .toSorted((a, b) => a.at - b.at || b.ms - a.ms)
      .flatMap((span) => [
        { ...span, depth, startMs: span.at - begin },
        ...(span.id === '' ? [] : below(span.id, depth + 1)),
      ]);
  return below(undefined, 0);
}

function isRoot({ kind, parent, role }: SpanRecord): boolean {
  return kind === 'request' && (parent === '' || role === 'webapplication');
}

function textsOf({ name, status, trace, version }: SpanRecord): string {
  return `${name} ${status} ${trace} ${version}`.toLowerCase();
}

function summaryOf(
  { trace, name, at, ms, status, failed, instance, version }: SpanRecord,
  spans: number,
): TraceSummary {
  return { id: trace, name, at, ms, status, failed, instance, version, spans };
}

/** `text`: lines without it are not even parsed. */
async function* spansBackwards(stateDir: string, text = ''): AsyncGenerator<SpanRecord> {
  const { telemetry } = statePaths(stateDir);
  for (const name of [TELEMETRY, `${TELEMETRY}.1`]) {
    for await (const line of linesBackwards(join(telemetry, name))) {
      const span = line.includes(text) ? parseSpan(line) : undefined;
      if (span !== undefined) yield span;
    }
  }
}
