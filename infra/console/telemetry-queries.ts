import type { SlotName } from '../local/appservice/worker.ts';
import { type LogChoice, type LogEntry, logNames, newestLogs } from '../local/processes/logs.ts';
import { statePaths, type WorkerId } from '../local/state/paths.ts';
import { listTraces, readTrace } from '../local/telemetry/traces.ts';
import type { LogList, LogRow, TraceRow, TraceView } from './model.ts';

const TRACES_SHOWN = 100;
const LOGS_SHOWN = 300;
const LOGS_OF_TRACE = 200;
/** A line longer than this is cut: nobody reads on. */
const LINE_MAX = 4_000;
const ID = /^[0-9a-f]{6,32}$/;

export async function traceRows(
  stateDir: string,
  parameters: URLSearchParams,
  slotOf: (worker: WorkerId) => SlotName,
): Promise<readonly TraceRow[]> {
  const text = parameters.get('text') ?? '';
  const traces = await listTraces(stateDir, {
    limit: TRACES_SHOWN,
    slow: parameters.get('sort') === 'slow',
    failed: parameters.has('failed'),
    ...(text === '' ? {} : { text }),
  });
  return traces.map((trace) => ({ ...trace, slot: slotOf(trace.instance.endsWith('b') ? 'b' : 'a') }));
}

/** The spans of a trace and the lines of all logs that name it. */
export async function traceView(stateDir: string, id: string): Promise<TraceView | undefined> {
  if (!ID.test(id)) return undefined;
  const spans = await readTrace(stateDir, id);
  const [first] = spans;
  if (first === undefined) return undefined;
  const logs = await newestLogs(stateDir, { trace: first.trace, since: first.at - 60_000 }, LOGS_OF_TRACE);
  return { id: first.trace, spans, logs: logs.map(rowOf) };
}

/** The newest lines that are meant, the oldest of them first. */
export async function logList(stateDir: string, parameters: URLSearchParams): Promise<LogList> {
  const processes = await logNames(statePaths(stateDir).logs);
  const [process, slot, text] = ['process', 'slot', 'text'].map((name) => parameters.get(name) ?? '');
  const isKnown = process !== undefined && processes.some((name) => name === process || name.startsWith(`${process}-`));
  const choice: LogChoice = {
    ...(isKnown ? { process } : {}),
    ...(slot === 'production' || slot === 'staging' ? { slot } : {}),
    ...(text === undefined || text === '' ? {} : { text }),
  };
  const entries = await newestLogs(stateDir, choice, LOGS_SHOWN);
  return { rows: entries.slice(-LOGS_SHOWN).map(rowOf), processes };
}

function rowOf({ process, at, level, message, trace }: LogEntry): LogRow {
  return { process, at: at ?? null, level, message: message.slice(0, LINE_MAX), trace };
}
