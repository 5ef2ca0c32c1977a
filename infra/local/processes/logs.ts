import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import { textOf } from '../../lib/json.ts';
import type { SlotName } from '../appservice/worker.ts';
import { readJson } from '../state/files.ts';
import { statePaths, type WorkerId } from '../state/paths.ts';
import { linesBackwards } from './lines-backwards.ts';
import { type ParsedLine, parseLogLine } from './log-line.ts';

const FOLLOW_MS = 250;
/** Of the end of each log, printed first. */
const TAIL_LINES = 100;
const SUFFIX = '.log';
const CONTAINER_LOG = 'worker-';
const LINE_PREFIX = /^\{"process":"([a-z0-9.-]+)"/;
const APPLICATION_PROCESS = /^(worker\.[a-z0-9-]+|schedule|supervisor)$/;

export interface LogChoice {
  /**
   * Only this process: `region`, `front`, `mysql`, `redis`, `blob`, `worker` (the whole container of both), `worker-a`, `sidecar`, …, or of the
   * application `worker.NAME` and `schedule`.
   */
  readonly process?: string;
  /** Only the container and the sidecar that serve this slot now. */
  readonly slot?: SlotName;
  /** Only lines of this trace, or whose text has it. */
  readonly trace?: string;
  /** Milliseconds since 1970. Lines without a time have that of the line before. */
  readonly since?: number;
  /** Only lines that have this text, in whatever case. */
  readonly text?: string;
}

export interface LogOptions extends LogChoice {
  readonly stateDir: string;
  readonly follow: boolean;
}

export interface LogLine {
  readonly process: string;
  readonly line: string;
}

/** A line with what it says, as a list of lines of several processes shows it. */
export interface LogEntry extends LogLine, ParsedLine {}

/** The newest lines of the region's logs, in the order of their times, and, when following, each line that is added. */
export async function* regionLogs({ stateDir, follow, ...choice }: LogOptions): AsyncGenerator<LogEntry> {
  const { logs } = statePaths(stateDir);
  const offsets = new Map<string, number>();
  const worker = choice.slot === undefined ? undefined : await workerOf(stateDir, choice.slot);
  for (const name of await chosenLogs(logs, choice)) offsets.set(name, await sizeOf(logs, name));
  yield* await newestLogs(
    stateDir,
    choice,
    choice.since === undefined && choice.trace === undefined ? TAIL_LINES : Infinity,
  );
  while (follow) {
    for (const name of await chosenLogs(logs, choice)) {
      const { lines, offset } = await readFrom(join(logs, `${name}${SUFFIX}`), offsets.get(name) ?? 0);
      offsets.set(name, offset);
      for (const line of lines) {
        const entry = entryOf(name, line);
        if (isChosen(entry, choice, worker)) yield entry;
      }
    }
    await sleep(FOLLOW_MS);
  }
}

/**
 * The newest lines that are meant, at most `limit` of each log, in the order of their times. Of each log and its predecessor
 * only as much is read as that takes.
 */
export async function newestLogs(stateDir: string, choice: LogChoice, limit: number): Promise<LogEntry[]> {
  const { logs } = statePaths(stateDir);
  const names = await chosenLogs(logs, choice);
  if (choice.process !== undefined && names.length === 0) throw unknownProcess(choice.process, await logNames(logs));
  const worker = choice.slot === undefined ? undefined : await workerOf(stateDir, choice.slot);
  const found = await Promise.all(names.map((name) => newestOf(logs, name, choice, worker, limit)));
  return found.flat().toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
}

async function newestOf(
  logs: string,
  name: string,
  choice: LogChoice,
  worker: WorkerId | undefined,
  limit: number,
): Promise<LogEntry[]> {
  const found: LogEntry[] = [];
  for (const file of [`${name}${SUFFIX}`, `${name}${SUFFIX}.1`]) {
    for await (const line of linesBackwards(join(logs, file))) {
      const entry = entryOf(name, line);
      if (choice.since !== undefined && entry.at !== undefined && entry.at < choice.since)
        return inOrder(withoutTimeless(found));
      if (isChosen(entry, choice, worker)) found.push(entry);
      if (found.length >= limit) return inOrder(found);
    }
  }
  return inOrder(found);
}

/** Without the oldest lines that name no time: they belong to the older line before them. */
function withoutTimeless(newestFirst: readonly LogEntry[]): readonly LogEntry[] {
  return newestFirst.slice(0, newestFirst.findLastIndex(({ at }) => at !== undefined) + 1);
}

/** Oldest first; a line without a time gets that of the line before it, so that both stay together. */
function inOrder(newestFirst: readonly LogEntry[]): LogEntry[] {
  let at: number | undefined;
  return newestFirst.toReversed().map((entry) => {
    at = entry.at ?? at;
    return { ...entry, at };
  });
}

function entryOf(log: string, line: string): LogEntry {
  return { process: processOf(log, line), line, ...parseLogLine(line) };
}

function isChosen(entry: LogEntry, { process, trace, text }: LogChoice, worker: WorkerId | undefined): boolean {
  if (process !== undefined && APPLICATION_PROCESS.test(process) && !isMeant(entry.process, process)) return false;
  if (worker !== undefined && !entry.process.endsWith(`-${worker}`)) return false;
  if (trace !== undefined && entry.trace !== trace && !entry.line.includes(trace)) return false;
  return text === undefined || entry.line.toLowerCase().includes(text.toLowerCase());
}

async function chosenLogs(logs: string, { process }: LogChoice): Promise<string[]> {
  const ofApplication = process !== undefined && APPLICATION_PROCESS.test(process);
  return (await logNames(logs)).filter(
    (name) => isMeant(name, process) || (ofApplication && name.startsWith(CONTAINER_LOG)),
  );
}

async function workerOf(stateDir: string, slot: SlotName): Promise<WorkerId> {
  const site = await readJson(statePaths(stateDir).site);
  return textOf(site, 'slots', slot, 'worker') === 'b' ? 'b' : 'a';
}

async function sizeOf(logs: string, name: string): Promise<number> {
  return stat(join(logs, `${name}${SUFFIX}`)).then(
    ({ size }) => size,
    () => 0,
  );
}

function isMeant(name: string, process: string | undefined): boolean {
  return process === undefined || name === process || name.startsWith(`${process}-`);
}

/** The application's workers and schedule write to the log of their container, each line with the name of its process. */
function processOf(log: string, line: string): string {
  if (!log.startsWith(CONTAINER_LOG)) return log;
  const named = LINE_PREFIX.exec(line)?.[1];
  return named === undefined ? log : `${named}-${log.slice(CONTAINER_LOG.length)}`;
}

export async function logNames(directory: string): Promise<string[]> {
  try {
    const files = await readdir(directory);
    return files
      .filter((file) => file.endsWith(SUFFIX))
      .map((file) => file.slice(0, -SUFFIX.length))
      .sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Whole lines only: a line that is still being written is read the next time. A log that was cut off is read from its beginning. */
async function readFrom(file: string, from: number): Promise<{ lines: string[]; offset: number }> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const start = from > size ? 0 : from;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.subarray(0, bytesRead).toString('utf8');
    const end = text.lastIndexOf('\n') + 1;
    const lines = text
      .slice(0, end)
      .split('\n')
      .filter((line) => line !== '');
    return { lines, offset: start + Buffer.byteLength(text.slice(0, end)) };
  } finally {
    await handle.close();
  }
}

function unknownProcess(name: string, known: readonly string[]): SlipError {
  return new SlipError('SLIP-LOCAL-LOG', {
    found: `there is no log of "${name}"`,
    expected: known.length === 0 ? 'a region that was started once' : `one of ${known.join(', ')}`,
    fix: known.length === 0 ? 'npm start' : `./slipway logs --process ${known[0]}`,
  });
}
