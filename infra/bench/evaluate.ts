import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { evaluate } from '../evaluate/evaluate.ts';
import { median } from '../lib/percentile.ts';
import { ANY_DIGEST } from '../report/system-page.ts';
import { type BenchOptions, type BenchResult, machine, machineText } from './bench.ts';

const stages = ['shared', 'dev', 'prod'] as const;
const ROUNDS = 9;
const target = { seconds: 2.5, megabytes: 350 };

type Stage = (typeof stages)[number];

/** One evaluation, measured from the start of Pulumi's runner to its end. */
export interface EvaluationRun {
  readonly resources: number;
  readonly seconds: number;
  /** Processor time of the runner, all its threads. */
  readonly cpuSeconds: number;
  /** Peak resident memory of the runner. */
  readonly megabytes: number;
}

/** Time and memory of one evaluation of the program, by stage, with Pulumi's own runner. */
export async function run({ folder, say, scale = 1 }: BenchOptions): Promise<BenchResult> {
  const runs: Record<Stage, EvaluationRun[]> = { shared: [], dev: [], prod: [] };
  // The first run of a checkout fills the compile cache.
  await measure('prod');
  for (let round = 0; round < Math.max(1, Math.round(ROUNDS * scale)); round++) {
    for (const stage of stages) {
      say(`round ${round + 1}: ${stage}`);
      runs[stage].push(await measure(stage));
    }
  }
  const raw = { machine: machine(), target, runs };
  await mkdir(folder, { recursive: true });
  const rawFile = join(folder, 'evaluate.json');
  await writeFile(rawFile, `${JSON.stringify(raw, null, 1)}\n`);
  return { title: 'Evaluating the program', markdown: report(runs), rawFile };
}

async function measure(stage: Stage): Promise<EvaluationRun> {
  const config = stage === 'shared' ? {} : { 'sidecar.digest': ANY_DIGEST };
  const { resources, seconds, cpuSeconds, peakRssMb } = await evaluate({ stage, mode: 'update', config });
  return { resources: resources.length, seconds, cpuSeconds, megabytes: peakRssMb };
}

export function report(runs: Readonly<Record<Stage, readonly EvaluationRun[]>>): string {
  const medianOf = (of: readonly EvaluationRun[], key: keyof EvaluationRun) => median(of.map((each) => each[key]));
  const verdict = (value: number, most: number) => (value <= most ? 'met' : 'missed');
  return [
    machineText(machine()),
    '',
    "Pulumi's own runner with the recording engine, compile cache filled; from the start of its process to the end. Medians of",
    `${runs.prod.length} rounds in turn. Raw data: [evaluate.json](benchmarks/evaluate.json).`,
    '',
    `| stage | resources | s (target ≤ ${target.seconds}) | | processor s | MB (target ≤ ${target.megabytes}) | |`,
    '|---|---|---|---|---|---|---|',
    ...stages.map((stage) => {
      const seconds = medianOf(runs[stage], 'seconds');
      const megabytes = medianOf(runs[stage], 'megabytes');
      const cells = [
        stage,
        String(medianOf(runs[stage], 'resources')),
        seconds.toFixed(2),
        verdict(seconds, target.seconds),
        medianOf(runs[stage], 'cpuSeconds').toFixed(2),
        megabytes.toFixed(0),
        verdict(megabytes, target.megabytes),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}
