import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Counts, countJest, countJunit } from './counts.ts';
import { reportFile, type Stage, type StageContext } from './stages.ts';

const SHOWN_LINES = 80;
/** For the last output of a process that has ended. */
const DRAIN_MS = 1_000;
const KILL_AFTER_MS = 5_000;

export interface StageResult extends Counts {
  readonly stage: string;
  readonly seconds: number;
  /** What went wrong, to show; empty when nothing did. */
  readonly failures: string;
  readonly log: string;
}

export interface StageOptions {
  readonly context: StageContext;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
  /** Aborts after so many seconds. Default: by the machine's clock. */
  readonly limit?: (seconds: number) => AbortSignal;
}

/** Runs one stage in a process group of its own, its whole output in a log. The group is ended when `signal` aborts. */
export async function runStage(
  stage: Stage,
  { context, env, signal, onLine, limit: limitOf = bySystemClock }: StageOptions,
): Promise<StageResult> {
  const began = Date.now();
  const log = join(context.reports, `${stage.name}.log`);
  if (stage.report !== 'none') await rm(reportFile(context, stage), { force: true });
  const limit = limitOf(stage.limitSeconds);
  const { exitCode, output } = await runLogged(stage, { log, env, signal: AbortSignal.any([signal, limit]), onLine });
  const counted = await count(stage, context, exitCode);
  const broken = exitCode !== 0 && counted.failed === 0;
  const failed = counted.failed + (broken ? 1 : 0);
  const hung = limit.aborted ? [`did not end within ${stage.limitSeconds} s`] : [];
  const tail = [...output.trimEnd().split('\n').slice(-SHOWN_LINES), ...hung].join('\n');
  return {
    stage: stage.name,
    seconds: (Date.now() - began) / 1000,
    passed: counted.passed,
    failed,
    failures: failed === 0 ? '' : counted.failures === undefined || broken ? tail : counted.failures,
    log,
  };
}

function bySystemClock(seconds: number): AbortSignal {
  return AbortSignal.timeout(seconds * 1000);
}

async function count(
  stage: Stage,
  context: StageContext,
  exitCode: number | null,
): Promise<Counts & { failures?: string }> {
  if (stage.report === 'none') return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  try {
    const report = await readFile(reportFile(context, stage), 'utf8');
    return stage.report === 'jest' ? countJest(report) : countJunit(report);
  } catch {
    // No report, no test: the exit code says whether that is an error.
    return { passed: 0, failed: 0 };
  }
}

interface Logged {
  readonly log: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

async function runLogged(
  stage: Stage,
  { log, env, signal, onLine }: Logged,
): Promise<{ exitCode: number | null; output: string }> {
  const [program = '', ...args] = stage.command;
  const file = createWriteStream(log);
  file.write(`$ ${stage.command.join(' ')}\n`);
  const child = spawn(program, args, { cwd: stage.cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const abort = () => endGroup(child);
  signal.addEventListener('abort', abort, { once: true });
  let output = '';
  const take = (text: string) => {
    file.write(text);
    // The JSON report comes on stdout as well; it is kept in its file.
    if (stage.report === 'jest' && text.startsWith('{')) return;
    output += text;
    for (const line of text.split('\n')) if (line !== '') onLine(line);
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  const exitCode = await new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      take(`${error.message}\n`);
      resolve(127);
    });
    // 'close' comes when the last output was read; a server that a test left behind may hold the pipes open for ever.
    child.on('close', resolve);
    child.on('exit', (code) => setTimeout(() => resolve(code), DRAIN_MS).unref());
  });
  signal.removeEventListener('abort', abort);
  for (const pipe of [child.stdout, child.stderr]) pipe.removeAllListeners('data').destroy();
  await new Promise((resolve) => file.end(resolve));
  return { exitCode, output };
}

function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS).unref();
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone.
  }
}
