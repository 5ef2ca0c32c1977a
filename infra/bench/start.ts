import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Testbed } from '../../sidecar/testbed/testbed.ts';
import { median } from '../lib/percentile.ts';
import { TestRegion } from '../testbed/region.ts';
import { type BenchOptions, type BenchResult, machine, machineText } from './bench.ts';
import { measureContainerStarts } from './container-start.ts';

const ROUNDS = 5;
const target = { coldSeconds: 120, warmSeconds: 6, upSeconds: 2 };

export interface StartRun {
  /** `npm start` on an empty state directory, with everything installed. */
  readonly coldSeconds: number;
  /** After `npm stop`. */
  readonly warmSeconds: number;
  /** While it is up. */
  readonly upSeconds: number;
  /** Of the region's own process, once it is up. */
  readonly regionMb: number;
  /** From the sidecar's start until it answers that it is ready. */
  readonly sidecarSeconds: number;
  readonly sidecarMb: number;
  /** Of the built-in application's container, until it answers. */
  readonly containerSeconds: number;
  readonly containerCpuSeconds: number;
  /** Of an application of 6,000 files. */
  readonly manyFilesSeconds: number;
  readonly manyFilesCpuSeconds: number;
}

/** How long starting takes, and what memory is held then. */
export async function run({ folder, say, scale = 1 }: BenchOptions): Promise<BenchResult> {
  const runs: StartRun[] = [];
  const count = Math.max(1, Math.round(ROUNDS * scale));
  for (let round = 1; round <= count; round++) {
    say(`round ${round} of ${count}`);
    runs.push({ ...(await measureRegion()), ...(await measureSidecar()), ...(await measureContainers()) });
  }
  const on = machine();
  await mkdir(folder, { recursive: true });
  const rawFile = join(folder, 'start.json');
  await writeFile(rawFile, `${JSON.stringify({ machine: on, target, runs }, null, 1)}\n`);
  return { title: 'Starting', markdown: `${machineText(on)}\n\n${startReport(runs)}`, rawFile };
}

async function measureRegion() {
  const region = await TestRegion.create();
  try {
    const coldSeconds = await timed(() => region.start());
    const { pid } = await region.status();
    const regionMb = await residentMb(pid);
    const upSeconds = await timed(() => region.start());
    await region.command('stop');
    const warmSeconds = await timed(() => region.start());
    return { coldSeconds, warmSeconds, upSeconds, regionMb };
  } finally {
    await region.remove();
  }
}

async function measureContainers() {
  const { builtIn, manyFiles } = await measureContainerStarts();
  return {
    containerSeconds: builtIn.seconds,
    containerCpuSeconds: builtIn.cpuSeconds,
    manyFilesSeconds: manyFiles.seconds,
    manyFilesCpuSeconds: manyFiles.cpuSeconds,
  };
}

async function measureSidecar() {
  const bed = await Testbed.start();
  try {
    const sidecar = await bed.sidecar();
    await sidecar.down();
    const sidecarSeconds = await timed(() => sidecar.up());
    return { sidecarSeconds, sidecarMb: await residentMb(sidecar.pid ?? 0) };
  } finally {
    await bed.stop();
  }
}

export function startReport(runs: readonly StartRun[]): string {
  const of = (figure: keyof StartRun): number => median(runs.map((run) => run[figure]));
  const row = (what: string, figure: keyof StartRun, most: number | undefined, unit: string): string => {
    const value = of(figure);
    const verdict = most === undefined ? '' : `≤ ${most} ${unit} | ${value <= most ? 'met' : 'missed'}`;
    return `| ${what} | ${value.toFixed(unit === 's' ? 1 : 0)} ${unit} | ${verdict || ' | '} |`;
  };
  return [
    `Everything that is needed is installed; medians of ${runs.length} rounds. Raw data: [start.json](benchmarks/start.json).`,
    '',
    '| | measured | target | |',
    '|---|---|---|---|',
    row('`npm start` on an empty state directory, first release included', 'coldSeconds', target.coldSeconds, 's'),
    row('`npm start` after `npm stop`', 'warmSeconds', target.warmSeconds, 's'),
    row('`npm start` while it is up', 'upSeconds', target.upSeconds, 's'),
    row('resident memory of the region’s own process', 'regionMb', undefined, 'MB'),
    row('container of the built-in application, from its start until it answers', 'containerSeconds', undefined, 's'),
    row('its processor time until then', 'containerCpuSeconds', undefined, 's'),
    row('container of an application of 6,000 files, until it answers', 'manyFilesSeconds', undefined, 's'),
    row('its processor time until then', 'manyFilesCpuSeconds', undefined, 's'),
    row('sidecar, from its start until it is ready', 'sidecarSeconds', undefined, 's'),
    row('resident memory of the sidecar', 'sidecarMb', undefined, 'MB'),
  ].join('\n');
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}
