import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { median, percentile } from '../lib/percentile.ts';
import { ReleaseBed } from '../testbed/release-bed.ts';
import { type BenchOptions, type BenchResult, machine, machineText } from './bench.ts';
import { measureSwaps, type Phase, type SwapMeasurement, type SwapRecord } from './swap-measure.ts';
import { measureVisitorWait, type VisitorWait } from './visitor-wait.ts';
import { visitorWaitReport, writeVisitorWaitCharts } from './visitor-wait-report.ts';

const BARE_SWAPS = 80;
const RELEASES = 10;
const REST_SECONDS = 15;
const PAIRS = 5;
const WINDOW_SECONDS = 8;
const BAR_WIDTH = 25;
const target = { requests: 100_000, swaps: 100, p99Ratio: 1.2 };

/** Swaps under load against the design's targets. */
export async function run({ folder, say, scale = 1 }: BenchOptions): Promise<BenchResult> {
  const plan = {
    bareSwaps: Math.max(1, Math.round(BARE_SWAPS * scale)),
    releases: Math.max(1, Math.round(RELEASES * scale)),
    restSeconds: Math.max(3, Math.round(REST_SECONDS * scale)),
  };
  const all = plan.bareSwaps + 2 * plan.releases;
  const on = machine();
  say('starting a region of its own');
  const bed = await ReleaseBed.create();
  let measured: SwapMeasurement;
  let waits: VisitorWait;
  try {
    measured = await measureSwaps(bed, { ...plan, beat: (done) => say(progress(done, all)) });
    waits = await measureVisitorWait(bed, {
      pairs: Math.max(1, Math.round(PAIRS * scale)),
      windowSeconds: Math.max(3, Math.round(WINDOW_SECONDS * scale)),
      say,
    });
  } finally {
    await bed.region.remove();
  }
  await mkdir(folder, { recursive: true });
  const rawFile = join(folder, 'swap.json');
  await writeFile(rawFile, `${JSON.stringify({ machine: on, target, ...measured, waits }, null, 1)}\n`);
  await writeVisitorWaitCharts(folder, waits);
  const markdown = [machineText(on), visitorWaitReport(waits), '### As much as the machine can', report(measured)];
  return { title: 'Swaps under load', markdown: markdown.join('\n\n'), rawFile };
}

function progress(done: number, all: number): string {
  const filled = Math.round((done / all) * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${done} of ${all} swaps`;
}

function report({ rests, bare, releases, imagesMade, imagesMissed }: SwapMeasurement): string {
  const through = [bare, releases];
  const sumOf = (phases: readonly Phase[], count: 'requests' | 'failed'): number =>
    phases
      .flatMap(({ ping, bodies, images }) => [ping, bodies, images])
      .reduce((sum, traffic) => sum + traffic[count], 0);
  const rest = (share: 'p50Ms' | 'p99Ms'): number => median(rests.map(({ ping }) => ping[share]));
  const ratios = through.map(({ ping }) => ping.p99Ms / rest('p99Ms'));
  const swaps = through.flatMap((phase) => phase.swaps);
  const requests = sumOf(through, 'requests');
  const verdict = (met: boolean): string => (met ? 'met' : 'missed');
  const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [
    'wrk with 32 keep-alive connections on `/api/ping`, one client that PUTs and reads 2 KB values, one that makes images and',
    'reads each one back: at rest (before, between and after; the median), through bare ARM swaps, and through releases of',
    'changed packages, each followed by its rollback.',
    '',
    row('', 'at rest', 'bare swaps', 'releases and rollbacks', 'target', ''),
    '|---|---|---|---|---|---|',
    row(
      'swaps',
      '',
      bare.swaps.length,
      releases.swaps.length,
      `≥ ${target.swaps} in all`,
      verdict(swaps.length >= target.swaps),
    ),
    row(
      'requests',
      sumOf(rests, 'requests'),
      sumOf([bare], 'requests'),
      sumOf([releases], 'requests'),
      `≥ ${target.requests} in all`,
      verdict(requests >= target.requests),
    ),
    row(
      'failed requests',
      sumOf(rests, 'failed'),
      sumOf([bare], 'failed'),
      sumOf([releases], 'failed'),
      '0',
      verdict(sumOf(through, 'failed') === 0),
    ),
    row('p50, ms', rest('p50Ms'), bare.ping.p50Ms, releases.ping.p50Ms, '', ''),
    row(
      'p99, ms',
      rest('p99Ms'),
      ...through.map(({ ping }, at) => `${ping.p99Ms} (× ${ratios[at]?.toFixed(2)})`),
      `≤ × ${target.p99Ratio}`,
      verdict(ratios.every((ratio) => ratio <= target.p99Ratio)),
    ),
    '',
    `Of ${imagesMade} images whose URL was given out, ${imagesMissed} were not readable at the end (target 0: ${verdict(imagesMissed === 0)}).`,
    `${durations('A bare swap', swaps, 'arm')}; ${durations('a release', swaps, 'release')}; ${durations('a rollback', swaps, 'rollback')}: restart and warm-up included, of the last two the command.`,
    `Memory of the region's own process: ${swaps[0]?.regionRssMb} MB after the first swap, ${swaps.at(-1)?.regionRssMb} MB after the last.`,
  ].join('\n');
}

function durations(what: string, swaps: readonly SwapRecord[], by: SwapRecord['by']): string {
  const times = swaps.filter((swap) => swap.by === by).map(({ ms }) => ms);
  return `${what} takes ${median(times)} ms at the median and ${percentile(times, 0.99)} ms at p99`;
}
