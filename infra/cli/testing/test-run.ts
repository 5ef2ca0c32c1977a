import { mkdir } from 'node:fs/promises';
import { availableParallelism, homedir } from 'node:os';
import type { LiveLine } from '../views/live-line.ts';
import { RunDirectory } from './run-directory.ts';
import { runParent } from './run-parent.ts';
import { runStage, type StageResult } from './run-stage.ts';
import { FORM_VARIABLE, type Form, type Stage, type StageContext } from './stages.ts';

export interface TestRun {
  readonly results: readonly StageResult[];
  /** Processes that tests left running; they are ended. */
  readonly leftovers: readonly string[];
}

export interface TestRunOptions {
  readonly context: StageContext;
  readonly signal: AbortSignal;
  readonly live: Pick<LiveLine, 'above'>;
  /** What runs now: stage name → what it did last and since when. */
  readonly running: Map<string, { since: number; line: string }>;
  /** Aborts after so many seconds. Default: by the machine's clock. */
  readonly limit?: (seconds: number) => AbortSignal;
  /** How long processes that tests leave behind get to end by themselves. Default: 30 s */
  readonly graceMs?: number;
}

/** Runs the stages phase by phase, and ends whatever they leave behind, also after an interrupt. */
export async function runTests(stages: readonly Stage[], options: TestRunOptions): Promise<TestRun> {
  await mkdir(options.context.reports, { recursive: true });
  const directory = await RunDirectory.create(runParent(options.context.form), options.graceMs);
  const env = stageEnvironment(directory.path, options.context.form);
  const results: StageResult[] = [];
  let leftovers: string[] = [];
  try {
    for (const phase of [1, 2, 3]) {
      results.push(
        ...(await runPhase(
          stages.filter((stage) => stage.phase === phase),
          options,
          env,
        )),
      );
    }
    if (!options.signal.aborted) leftovers = await directory.leftovers();
  } finally {
    await directory.remove();
  }
  return { results, leftovers };
}

/** The caller's, but for what tests would depend on: place and form are the run's, colours are off, and there is a home. */
function stageEnvironment(directory: string, form: Form): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, ...environment } = process.env;
  return { HOME: homedir(), ...environment, TMPDIR: directory, NO_COLOR: '1', [FORM_VARIABLE]: form };
}

async function runPhase(
  stages: readonly Stage[],
  options: TestRunOptions,
  env: NodeJS.ProcessEnv,
): Promise<StageResult[]> {
  const { context, signal, live, running, limit } = options;
  const waiting = [...stages];
  const results: StageResult[] = [];
  const lane = async (): Promise<void> => {
    for (let stage = waiting.shift(); stage !== undefined && !signal.aborted; stage = waiting.shift()) {
      const { name } = stage;
      const since = Date.now();
      running.set(name, { since, line: '' });
      const onLine = (line: string) => running.set(name, { since, line });
      const result = await runStage(stage, { context, env, signal, onLine, ...(limit === undefined ? {} : { limit }) });
      running.delete(name);
      if (signal.aborted) return;
      results.push(result);
      live.above(describe(result));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, lane));
  return results;
}

function describe({ stage, seconds, passed, failed, failures, log }: StageResult): string {
  const line = `${failed === 0 ? '✓' : '✗'} ${stage.padEnd(14)}${`${seconds.toFixed(1)} s`.padStart(8)}  ${passed} passed${failed === 0 ? '' : `, ${failed} failed`}`;
  if (failed === 0) return line;
  const indented = failures
    .trimEnd()
    .split('\n')
    .map((text) => `    ${text}`)
    .join('\n');
  return `${line}\n${indented}\n    (all of it: ${log})`;
}
