import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { ReleaseBed } from '../e2e/release/bed.ts';
import { quantile } from './statistics.ts';
import { measureSwaps, type SwapMeasurement } from './swap-measure.ts';

export interface BenchOptions {
  /** Where raw data goes: docs/benchmarks. */
  readonly folder: string;
  readonly say: (line: string) => void;
  /** 1 is the full bench: 100 swaps; less takes proportionally fewer. */
  readonly scale?: number;
}

const SWAPS = 100;
const REST_SECONDS = 20;
const BAR_WIDTH = 25;
const target = { requests: 100_000, swaps: 100, p99Ratio: 1.2 };

/** Swaps under load against the design's targets. */
export async function run({ folder, say, scale = 1 }: BenchOptions) {
  const swaps = Math.max(2, Math.round(SWAPS * scale));
  const restSeconds = Math.max(3, Math.round(REST_SECONDS * scale));
  say('starting a region of its own');
  const bed = await ReleaseBed.create();
  let measured: SwapMeasurement;
  try {
    measured = await measureSwaps(bed, { swaps, restSeconds, beat: (done) => say(progress(done, swaps)) });
  } finally {
    await bed.region.remove();
  }
  await mkdir(folder, { recursive: true });
  const rawFile = join(folder, 'swap.json');
  await writeFile(rawFile, `${JSON.stringify({ machine: machine(), target, ...measured }, null, 1)}\n`);
  return { title: 'Swaps under load', markdown: report(measured), rawFile };
}

function progress(done: number, all: number): string {
  const filled = Math.round((done / all) * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${done} of ${all} swaps`;
}

function report({ rest, during, bodies, images, swaps }: SwapMeasurement): string {
  const failed = during.failures.length + bodies.failures.length + images.failures.length + images.missedLater;
  const requests = during.requests + bodies.requests + images.requests;
  const ratio = during.p99Ms / rest.p99Ms;
  const times = swaps.filter(({ by }) => by === 'arm').map(({ ms }) => ms);
  const memory = swaps.map(({ regionRssMb }) => regionRssMb);
  const verdict = (met: boolean): string => (met ? 'met' : 'missed');
  return [
    'wrk with 32 keep-alive connections on `/api/ping`, one client that PUTs and reads 2 KB values, one that makes images and',
    'reads each one back; every twentieth pair of swaps is a release and its rollback, the others are bare ARM calls.',
    '',
    '| | at rest | through swaps | target | |',
    '|---|---|---|---|---|',
    `| swaps | | ${swaps.length} | ≥ ${target.swaps} | ${verdict(swaps.length >= target.swaps)} |`,
    `| requests | ${rest.requests} | ${requests} | ≥ ${target.requests} | ${verdict(requests >= target.requests)} |`,
    `| failed requests, images missed | ${rest.failures.length} | ${failed} | 0 | ${verdict(failed === 0)} |`,
    `| p50, ms | ${rest.p50Ms} | ${during.p50Ms} | | |`,
    `| p99, ms | ${rest.p99Ms} | ${during.p99Ms} (× ${ratio.toFixed(2)}) | ≤ × ${target.p99Ratio} | ${verdict(ratio <= target.p99Ratio)} |`,
    '',
    `A bare swap takes ${Math.round(quantile(times, 0.5))} ms at the median and ${Math.round(quantile(times, 0.99))} ms at p99, restart and warm-up included.`,
    `Memory of the region's own process: ${memory[0]} MB after the first swap, ${memory.at(-1)} MB after the last.`,
  ].join('\n');
}

function machine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    at: new Date().toISOString(),
  };
}
