import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { median } from '../lib/percentile.ts';
import { bars, traces } from './chart.ts';
import { type Method, methods, type Pair, type VisitorWait } from './visitor-wait.ts';

const target = { p99Ratio: 3, maxMs: 150, failed: 0 };
const TIMELINE_STEP_MS = 100;
const BARS_FILE = 'swap-p99.svg';
const TRACES_FILE = 'swap-waits.svg';

const ratioOf = ({ rest, switching }: Pair): number => switching.p99Ms / rest.p99Ms;
const sum = (pairs: readonly Pair[], of: (pair: Pair) => number): number =>
  pairs.reduce((total, pair) => total + of(pair), 0);

export function visitorWaitReport({ capacityPerSecond, perSecond, windowSeconds, pairs }: VisitorWait): string {
  const own = pairs['slot swap'];
  const ratio = median(own.map(ratioOf));
  const most = median(own.map(({ switching }) => switching.maxMs));
  const failed = sum(own, ({ switching }) => switching.failed);
  const verdict = (met: boolean): string => (met ? 'met' : 'missed');
  return [
    '### What a visitor waits',
    '',
    `Requests at a fixed rate, ${perSecond} a second: half of the ${capacityPerSecond} that wrk gets from \`/api/ping\`. Each wait counts from the moment`,
    `when the request was due, whether or not a connection was free. Pairs of windows of ${windowSeconds} s, at rest and while releases are`,
    'switched one after the other, in turn with three other ways for the same package; medians of the pairs. All files lie in',
    'memory where there is room, and load, servers and starting containers share the processors of this one machine.',
    '',
    '| | switches | requests meanwhile | failed | p99 at rest, ms | p99 meanwhile, ms | ratio | longest, ms |',
    '|---|---|---|---|---|---|---|---|',
    ...methods.map((name) => row(name, pairs[name])),
    '',
    '| target of the slot swap | measured | |',
    '|---|---|---|',
    `| p99 ≤ ${target.p99Ratio} × p99 at rest | ${ratio.toFixed(1)} × | ${verdict(ratio <= target.p99Ratio)} |`,
    `| longest wait ≤ ${target.maxMs} ms | ${most.toFixed(0)} ms | ${verdict(most <= target.maxMs)} |`,
    `| failed requests: ${target.failed} | ${failed} | ${verdict(failed <= target.failed)} |`,
    '',
    `![p99 at rest and meanwhile](benchmarks/${BARS_FILE})`,
    '',
    `![Longest wait in each tenth of a second](benchmarks/${TRACES_FILE})`,
  ].join('\n');
}

export async function writeVisitorWaitCharts(folder: string, { pairs }: VisitorWait): Promise<void> {
  const groups = methods.map((title) => ({
    title,
    values: [
      median(pairs[title].map(({ rest }) => rest.p99Ms)),
      median(pairs[title].map(({ switching }) => switching.p99Ms)),
    ],
  }));
  await writeFile(
    join(folder, BARS_FILE),
    bars('p99 of what visitors wait, logarithmic scale', ['at rest', 'while switching'], groups),
  );
  const lines = methods.map((title) => {
    const { timeline } = middle(pairs[title]).switching;
    return { title, values: timeline.maxMs, failed: timeline.failed };
  });
  await writeFile(
    join(folder, TRACES_FILE),
    traces('Longest wait in each tenth of a second while switching; red: failed requests', TIMELINE_STEP_MS, lines),
  );
}

/** The pair whose ratio is the median: no chart shows the best or the worst. */
function middle(pairs: readonly Pair[]): Pair {
  const wanted = median(pairs.map(ratioOf));
  const found = pairs.find((pair) => ratioOf(pair) === wanted) ?? pairs[0];
  if (found === undefined) throw new Error('nothing was measured');
  return found;
}

function row(name: Method, pairs: readonly Pair[]): string {
  const cells = [
    name,
    sum(pairs, ({ switching }) => switching.switches),
    sum(pairs, ({ switching }) => switching.requests),
    sum(pairs, ({ switching }) => switching.failed),
    median(pairs.map(({ rest }) => rest.p99Ms)).toFixed(1),
    median(pairs.map(({ switching }) => switching.p99Ms)).toFixed(1),
    median(pairs.map(ratioOf)).toFixed(1),
    median(pairs.map(({ switching }) => switching.maxMs)).toFixed(0),
  ];
  return `| ${cells.join(' | ')} |`;
}
