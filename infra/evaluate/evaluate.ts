import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { isSlipCode } from '../lib/codes.ts';
import { SlipError } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';
import type { PresentInAzure } from './answers.ts';
import { type MonitorServer, serveMonitor } from './monitor.ts';
import type { Evaluation, ProgramLog, RecordedResource } from './recorded.ts';
import { Recorder } from './recorder.ts';
import { type Project, readProject, readStackConfig, type StackConfig } from './stack-config.ts';
import { type Account, NOBODYS_ACCOUNT } from './subscription.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RUNNER = createRequire(import.meta.url).resolve('@pulumi/pulumi/cmd/run');
const RUNNER_HOOKS = new URL('./runner-hooks.mjs', import.meta.url).href;

/** Config for an evaluation of a stage whose sidecar has no image yet. */
export const WITHOUT_IMAGE = { 'sidecar.digest': 'none' } as const;

const DEADLINE_MS = 180_000;
/** Registrations at the same time; of the order of Pulumi's default. */
const PARALLEL = 16;

export interface EvaluateOptions {
  /** `shared`, `dev` or `prod`: reads `Pulumi.<stage>.yaml`. */
  readonly stage: string;
  readonly mode: 'update' | 'preview';
  /** Overrides the stage's config. `sidecar.digest` means `slipway:sidecar.digest`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Directory of Pulumi.yaml. Default: this checkout. */
  readonly root?: string;
  /** Entry of the program, relative to `root`. Default: `main` in Pulumi.yaml */
  readonly program?: string;
  /** The subscription, on which names depend. Default: one that does not exist. */
  readonly account?: Account;
  /** What is in Azure already. Default: nothing */
  readonly present?: PresentInAzure;
  /** Milliseconds until the run is stopped. Default: 180000 */
  readonly deadlineMs?: number;
}

/**
 * Runs the program with Pulumi's runner against an engine that only records. Nothing is created, no account is needed, and two
 * runs of the same program give the same resources.
 *
 * Throws SLIP-EVALUATE-STAGE, SLIP-EVALUATE-PROGRAM, SLIP-EVALUATE-DEADLINE, or the code the program itself failed with
 * (SLIP-CONFIG-…).
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { stage, mode, root = ROOT, config: overrides = {}, account = NOBODYS_ACCOUNT, present = {} } = options;
  const project = await readProject(root);
  const config = await readStackConfig(root, project, stage, overrides);
  const recorder = new Recorder({ stack: stage, project: project.name, preview: mode === 'preview', account, present });
  const monitor = await serveMonitor(recorder);
  try {
    const run = await runProgram({ ...options, root, project, config, monitor });
    return {
      stage,
      mode,
      resources: recorder.resources.toSorted(byUrn),
      outputs: recorder.outputs,
      secretOutputs: recorder.secretOutputs,
      packages: recorder.packages.toSorted((a, b) => compare(a.name, b.name)),
      logs: monitor.logs.toSorted(byText),
      ...run,
    };
  } finally {
    monitor.close();
  }
}

type Usage = Pick<Evaluation, 'seconds' | 'cpuSeconds' | 'peakRssMb'>;

interface ProgramRun extends Omit<EvaluateOptions, 'config'> {
  readonly root: string;
  readonly project: Project;
  readonly config: StackConfig;
  readonly monitor: MonitorServer;
}

async function runProgram(run: ProgramRun): Promise<Usage> {
  const started = performance.now();
  const nodeArguments = [...run.project.nodeArguments, '--import', RUNNER_HOOKS];
  const child = spawn(process.execPath, [...nodeArguments, RUNNER, ...runnerArguments(run)], {
    cwd: run.root,
    env: programEnvironment(run),
    // Never written to. When it closes, the runner stops: the evaluating process has ended.
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), run.deadlineMs ?? DEADLINE_MS);
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [code, printed, errors, used] = await Promise.all([
    exited,
    textOf(child.stdout),
    textOf(child.stderr),
    textOf(readableAt(child.stdio[3])),
  ]).finally(() => clearTimeout(deadline));
  const seconds = (performance.now() - started) / 1000;
  if (code === null) throw deadlineError(run, seconds);
  if (code !== 0) throw programError(run.stage, code, run.monitor.logs, `${errors}${printed}`);
  return { seconds, ...usageOf(used) };
}

function runnerArguments({ stage, mode, root, project, monitor, program = project.main }: ProgramRun): string[] {
  const entry = path.join(root, program);
  const options = {
    organization: 'organization',
    project: project.name,
    stack: stage,
    'root-directory': root,
    // As the Pulumi CLI does for a `main` that is a file.
    pwd: path.dirname(entry),
    monitor: monitor.address,
    engine: monitor.address,
    parallel: PARALLEL,
  };
  const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  return [...flags, ...(mode === 'preview' ? ['--dry-run'] : []), path.basename(entry)];
}

/** The program does not inherit the caller's Pulumi, Azure or Node settings. */
function programEnvironment({ root, config: { values, secretKeys } }: ProgramRun): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    // Saves half a second of compiling the same modules.
    NODE_COMPILE_CACHE: path.join(root, 'node_modules/.cache/evaluate'),
    PULUMI_CONFIG: JSON.stringify(values),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
  };
}

/** Resource usage that the runner reported; zeros when it was killed. */
function usageOf(report: string): Omit<Usage, 'seconds'> {
  const usage: unknown = report === '' ? {} : JSON.parse(report);
  const number = (key: string): number => (isObject(usage) ? Number(usage[key] ?? 0) : 0);
  return { cpuSeconds: number('cpuSeconds'), peakRssMb: number('peakRssMb') };
}

function readableAt(stream: unknown): Readable | null {
  return typeof stream === 'object' && stream !== null && 'setEncoding' in stream && isReadable(stream) ? stream : null;
}

function isReadable(stream: object): stream is Readable {
  return Symbol.asyncIterator in stream;
}

async function textOf(stream: Readable | null): Promise<string> {
  let text = '';
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}

function deadlineError({ stage, deadlineMs = DEADLINE_MS }: ProgramRun, seconds: number): SlipError {
  return new SlipError('SLIP-EVALUATE-DEADLINE', {
    found: `the program of stage '${stage}' was stopped after ${seconds.toFixed(1)} s`,
    expected: `an end within ${deadlineMs / 1000} s`,
    fix: 'look for something in infra/program that never ends, such as a timer or an open connection',
  });
}

/** A program that failed with a code of its own keeps it; anything else is SLIP-EVALUATE-PROGRAM with its message. */
function programError(stage: string, code: number, logs: readonly ProgramLog[], printed: string): SlipError {
  const said = logs.filter(({ severity }) => severity === 'error').map(({ message }) => message.trim());
  const text = stripVTControlCharacters(said.length > 0 ? said.join('\n') : printed.trim());
  const [, coded, rest] = /(SLIP-[A-Z]+(?:-[A-Z0-9]+)+)\s+([\s\S]*)/.exec(text) ?? [];
  if (coded !== undefined && isSlipCode(coded) && rest !== undefined)
    return new SlipError(coded, { found: rest.trim() });
  return new SlipError('SLIP-EVALUATE-PROGRAM', {
    found: `the program of stage '${stage}' failed: ${text === '' ? `exit code ${code}` : text}`,
  });
}

function byUrn(a: RecordedResource, b: RecordedResource): number {
  return compare(a.urn, b.urn);
}

function byText(a: ProgramLog, b: ProgramLog): number {
  return compare(a.message, b.message);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
