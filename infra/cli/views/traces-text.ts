import { visible } from '../../lib/visible.mjs';
import type { LogLine } from '../../local/processes/logs.ts';
import type { DrawnSpan, TraceSummary } from '../../local/telemetry/traces.ts';

const BAR_WIDTH = 40;
const SHORT_ID = 8;
const NAME_WIDTH = 44;

/** A line per trace. */
export function tracesText(traces: readonly TraceSummary[], now: Date): string {
  if (traces.length === 0) return 'no trace is kept: make a request, and wait some seconds for its telemetry';
  const rows = traces.map(({ id, name, at, ms, status, failed, instance, spans }) => [
    id.slice(0, SHORT_ID),
    new Date(at)
      .toISOString()
      .slice(dayOf(new Date(at)) === dayOf(now) ? 11 : 0, 23)
      .replace('T', ' '),
    milliseconds(ms).padStart(10),
    `${failed ? '✗' : '✓'} ${status}`,
    instance.replace('local-', 'worker '),
    `${spans} spans`,
    name,
  ]);
  return table([['id', 'when (UTC)', 'took'.padStart(10), 'status', 'where', '', 'request'], ...rows]);
}

/** The spans of a trace as a waterfall, and the lines that were logged in it. */
export function traceText(spans: readonly DrawnSpan[], logs: readonly LogLine[]): string {
  const [root] = spans;
  const total = Math.max(...spans.map(({ startMs, ms }) => startMs + ms), 1);
  const lines = spans.map(({ name, depth, startMs, ms, status, failed }) => {
    const label = visible(`${'  '.repeat(depth)}${name}`)
      .slice(0, NAME_WIDTH)
      .padEnd(NAME_WIDTH);
    return `${label}  ${bar(startMs / total, ms / total)}  ${milliseconds(ms).padStart(10)}  ${failed ? visible(`✗ ${status}`) : ''}`.trimEnd();
  });
  return [
    visible(
      `trace ${root?.trace ?? ''}, version ${root?.version ?? ''}, ${root?.instance.replace('local-', 'worker ') ?? ''}`,
    ),
    '',
    ...lines,
    '',
    ...(logs.length === 0
      ? ['nothing was logged in it']
      : logs.map(({ process, line }) => visible(`${process}  ${line}`))),
  ].join('\n');
}

function bar(start: number, share: number): string {
  const from = Math.min(BAR_WIDTH - 1, Math.floor(start * BAR_WIDTH));
  const length = Math.min(BAR_WIDTH - from, Math.max(1, Math.round(share * BAR_WIDTH)));
  return `${'·'.repeat(from)}${'█'.repeat(length)}${'·'.repeat(BAR_WIDTH - from - length)}`;
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function table(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(visible));
  const widths = (shown[0] ?? []).map((_, column) => Math.max(...shown.map((row) => row[column]?.length ?? 0)));
  return shown
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
