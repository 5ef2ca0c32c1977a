import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import { statePaths } from '../state/paths.ts';

const followMs = 250;
/** How much of the end of a log is printed first. */
const tailBytes = 16 * 1024;
const suffix = '.log';
const containerLog = 'worker-';
const linePrefix = /^\{"process":"([a-z0-9.-]+)"/;
const applicationProcess = /^(worker\.[a-z0-9-]+|schedule|supervisor)$/;

export interface LogOptions {
  readonly stateDir: string;
  readonly follow: boolean;
  /**
   * Only this process: `region`, `front`, `mysql`, `redis`, `blob`, `worker` (the whole container of both), `worker-a`, `sidecar`, …, or of the
   * application `worker.NAME` and `schedule`.
   */
  readonly process?: string;
}

export interface LogLine {
  readonly process: string;
  readonly line: string;
}

/** The newest lines of the region's logs and, when following, each line that is added. */
export async function* regionLogs({ stateDir, follow, process }: LogOptions): AsyncGenerator<LogLine> {
  const { logs } = statePaths(stateDir);
  const offsets = new Map<string, number>();
  for (let first = true; first || follow; first = false) {
    const names = await logNames(logs);
    const ofApplication = process !== undefined && applicationProcess.test(process);
    const chosen = names.filter((name) => isMeant(name, process) || (ofApplication && name.startsWith(containerLog)));
    if (first && process !== undefined && chosen.length === 0) throw unknownProcess(process, names);
    for (const name of chosen) {
      const { lines, offset } = await readFrom(join(logs, `${name}${suffix}`), offsets.get(name));
      offsets.set(name, offset);
      for (const line of lines) {
        const it = { process: processOf(name, line), line };
        if (isMeant(name, process) || isMeant(it.process, process)) yield it;
      }
    }
    if (follow) await sleep(followMs);
  }
}

function isMeant(name: string, process: string | undefined): boolean {
  return process === undefined || name === process || name.startsWith(`${process}-`);
}

/** The application's workers and schedule write to the log of their container, each line with the name of its process. */
function processOf(log: string, line: string): string {
  if (!log.startsWith(containerLog)) return log;
  const named = linePrefix.exec(line)?.[1];
  return named === undefined ? log : `${named}-${log.slice(containerLog.length)}`;
}

async function logNames(directory: string): Promise<string[]> {
  try {
    const files = await readdir(directory);
    return files
      .filter((file) => file.endsWith(suffix))
      .map((file) => file.slice(0, -suffix.length))
      .sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Whole lines only: a line that is still being written is read the next time. */
async function readFrom(file: string, from: number | undefined): Promise<{ lines: string[]; offset: number }> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const start = from === undefined ? Math.max(0, size - tailBytes) : Math.min(from, size);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.subarray(0, bytesRead).toString('utf8');
    const end = text.lastIndexOf('\n') + 1;
    const lines = text
      .slice(0, end)
      .split('\n')
      .filter((line) => line !== '');
    if (from === undefined && start > 0) lines.shift();
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
