import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { median } from '../lib/percentile.ts';
import { type BenchOptions, type BenchResult, machine, machineText } from './bench.ts';

const root = join(import.meta.dirname, '../..');
const ROUNDS = 3;
const target = { seconds: 300 };
const OUTPUT_BYTES = 64 * 1024 * 1024;

export interface TestRun {
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
  readonly stages: readonly { readonly stage: string; readonly seconds: number }[];
}

/** How long `npm test` takes, stage by stage. */
export async function run({ folder, say, scale = 1 }: BenchOptions): Promise<BenchResult> {
  const runs: TestRun[] = [];
  const count = Math.max(1, Math.round(ROUNDS * scale));
  for (let round = 1; round <= count; round++) {
    say(`npm test, ${round} of ${count}`);
    runs.push(await measure());
  }
  const on = machine();
  await mkdir(folder, { recursive: true });
  const rawFile = join(folder, 'test.json');
  await writeFile(rawFile, `${JSON.stringify({ machine: on, target, runs }, null, 1)}\n`);
  return { title: 'Tests', markdown: `${machineText(on)}\n\n${testReport(runs)}`, rawFile };
}

async function measure(): Promise<TestRun> {
  const began = performance.now();
  const args = ['--disable-warning=ExperimentalWarning', join(root, 'infra/cli/main.ts'), 'test', '--json'];
  const printed = await new Promise<string>((resolve) => {
    // Failed tests are a figure of it, too.
    execFile(process.execPath, args, { cwd: root, maxBuffer: OUTPUT_BYTES }, (_, stdout) => resolve(stdout));
  });
  const result = JSON.parse(printed.trim().split('\n').at(-1) ?? '{}') as Omit<TestRun, 'seconds'>;
  const stages = result.stages.map(({ stage, seconds }) => ({ stage, seconds }));
  return { seconds: (performance.now() - began) / 1000, passed: result.passed, failed: result.failed, stages };
}

export function testReport(runs: readonly TestRun[]): string {
  const seconds = median(runs.map((run) => run.seconds));
  const names = [...new Set(runs.flatMap(({ stages }) => stages.map(({ stage }) => stage)))];
  const of = (name: string): number =>
    median(runs.flatMap(({ stages }) => stages.filter(({ stage }) => stage === name).map((each) => each.seconds)));
  const failed = runs.reduce((sum, run) => sum + run.failed, 0);
  return [
    `\`npm test\`, ${runs[0]?.passed} tests, ${failed} failed in ${runs.length} runs; medians. Stages run beside each other. Raw data: [test.json](benchmarks/test.json).`,
    '',
    '| | seconds |',
    '|---|---|',
    ...names.map((name) => `| ${name} | ${of(name).toFixed(0)} |`),
    `| all, target ≤ ${target.seconds} | ${seconds.toFixed(0)} ${seconds <= target.seconds ? 'met' : 'missed'} |`,
  ].join('\n');
}
