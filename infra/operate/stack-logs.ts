import { parseLogLine } from '../local/processes/log-line.ts';
import type { Row } from './log-analytics.ts';
import { type LogSelection, logQuery } from './queries.ts';
import { ask, type Unasked } from './question.ts';
import { SLOTS, type SlotName, type Stack } from './stack.ts';
import { readStartupLog } from './startup-log.ts';

/** How often new lines are asked for, and how far back: Log Analytics takes minutes to have a line. */
const FOLLOW_MS = 15_000;
const FOLLOW_BACK_MS = 20 * 60_000;
const PROCESS_PREFIX = /^\{"process":"([a-z0-9.-]+)"/;

export interface StackLogChoice extends Omit<LogSelection, 'stagingSlot'> {
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly follow: boolean;
}

export interface StackLogLine {
  /** ISO; empty where the line has no time but its own. */
  readonly at: string;
  readonly slot: SlotName;
  /** `app`, `sidecar`, `worker.NAME`, `schedule`, `platform`, `requests` or `startup`. */
  readonly process: string;
  /** Name of the worker of App Service. */
  readonly host: string;
  readonly level: string;
  readonly line: string;
}

/** A line, or something that could not be asked and does not stop the rest. */
export type StackLogEvent = { readonly line: StackLogLine } | { readonly unasked: Unasked } | { readonly note: string };

/** The lines of Log Analytics, oldest first; then, of each slot that does not answer, what its container wrote while it started. */
export async function* stackLogs(stack: Stack, choice: StackLogChoice): AsyncGenerator<StackLogEvent> {
  const seen = new Set<string>();
  const first = await readLines(stack, choice, choice.since, seen);
  yield* first;
  if (first.length === 0)
    yield { note: `no line since ${new Date(choice.since).toISOString()}; a line takes minutes to get here` };
  yield* await startupLines(stack, choice);
  while (choice.follow) {
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
    const from = Math.max(choice.since, stack.now().getTime() - FOLLOW_BACK_MS);
    yield* await readLines(stack, choice, from, seen);
  }
}

/** Those that are not in `seen`, which then has them. */
async function readLines(
  stack: Stack,
  { slot, process, trace }: StackLogChoice,
  since: number,
  seen: Set<string>,
): Promise<StackLogEvent[]> {
  const question = { what: 'logs (Log Analytics)', role: 'Log Analytics Reader', scope: stack.groupId };
  const asked = await ask(question, async () => {
    const query = logQuery({
      stagingSlot: stack.target.site.slot,
      ...(slot === undefined ? {} : { slot }),
      ...(process === undefined ? {} : { process }),
      ...(trace === undefined ? {} : { trace }),
    });
    const { customerId } = await stack.workspace();
    return stack.logs.rows(customerId, query, timespanOf(since, stack.now()));
  });
  if (asked.unasked !== undefined) return [{ unasked: asked.unasked }];
  const lines = asked.answer.toReversed().map((row) => lineOf(row, stack));
  const chosen = lines.filter((line) => process === undefined || line.process === process);
  return chosen.flatMap((line) => {
    const key = `${line.at} ${line.host} ${line.line}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ line }];
  });
}

/** ISO 8601 duration from a time until now; what is younger than a second is a second. */
export function timespanOf(since: number, now: Date): string {
  return `PT${Math.max(1, Math.ceil((now.getTime() - since) / 1000))}S`;
}

function lineOf(row: Row, { target }: Pick<Stack, 'target'>): StackLogLine {
  const text = (column: string): string => String(row[column] ?? '');
  const line = text('Line');
  const staging = text('_ResourceId').toLowerCase().endsWith(`/slots/${target.site.slot}`.toLowerCase());
  return {
    at: text('TimeGenerated'),
    slot: staging ? 'staging' : 'production',
    process: processOf(text('Source'), line),
    host: text('Host'),
    level: text('Level') === '' ? '' : parseLogLine(`${text('Level')} ${line}`).level,
    line,
  };
}

/** A line of the console says whose it is; App Service does not. */
function processOf(source: string, line: string): string {
  if (source !== 'console') return source;
  const [, named] = PROCESS_PREFIX.exec(line) ?? [];
  if (named !== undefined) return named;
  return /^\{.*"source":"sidecar"/.test(line) ? 'sidecar' : 'app';
}

/** Only of slots that do not answer: of those that do, the startup is over. */
async function startupLines(stack: Stack, { slot, process, trace }: StackLogChoice): Promise<StackLogEvent[]> {
  if (trace !== undefined || !(process === undefined || process === 'app' || process === 'platform')) return [];
  const slots = slot === undefined ? SLOTS : [slot];
  return (await Promise.all(slots.map((each) => startupOf(stack, each)))).flat();
}

async function startupOf(stack: Stack, slot: SlotName): Promise<StackLogEvent[]> {
  const alive = await stack.web[slot].ask('/_slipway/version');
  if (alive.status === 200) return [];
  const said = alive.status === undefined ? `nothing (${alive.reason ?? ''})` : String(alive.status);
  const question = { what: `${slot} startup log (SCM site)`, role: 'Website Contributor', scope: stack.groupId };
  const asked = await ask(question, () => readStartupLog(stack, slot));
  if (asked.unasked !== undefined) return [{ unasked: asked.unasked }];
  const log = asked.answer;
  if (log === undefined) return [{ note: `${slot} answers ${said}, and its SCM site has no log of a start` }];
  const { source, outcome, at, lines } = log;
  const when = [outcome, at].filter((text) => text !== '').join(', ');
  return [
    { note: `${slot} answers ${said}; the ${source} of its container${when === '' ? '' : ` (${when})`}:` },
    ...lines.map((line) => ({ line: { at: '', slot, process: 'startup', host: '', level: '', line } })),
  ];
}
