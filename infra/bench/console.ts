import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { median } from '../lib/percentile.ts';
import { launchBrowser } from '../testbed/browser.ts';
import { WrkLoad } from '../testbed/load.ts';
import { TestRegion } from '../testbed/region.ts';
import { type BenchOptions, type BenchResult, machine, machineText } from './bench.ts';
import { cpuSecondsOf } from './cpu-time.ts';

const ROUNDS = 3;
const LOAD_SECONDS = 20;
const CONNECTIONS = 8;
const TARGET = { sharePercent: 3 };

export interface ConsoleRun {
  /** The first look after a start, which starts the console's process. Until the browser paints the page. */
  readonly firstPaintSeconds: number;
  /** Until both slots are shown. */
  readonly firstDataSeconds: number;
  /** Looks at the running console. */
  readonly nextPaintSeconds: number;
  readonly nextDataSeconds: number;
  /** Of the region under load, with one page open. */
  readonly requestsPerSecond: number;
  /** Processor time in that time: of the console's process, and of the region with all its processes, the console's among them. */
  readonly consoleCpuSeconds: number;
  readonly regionCpuSeconds: number;
  readonly consoleMb: number;
}

/** How long until the console is seen, and what it costs the region while somebody looks. */
export async function run({ folder, say, scale = 1 }: BenchOptions): Promise<BenchResult> {
  const runs: ConsoleRun[] = [];
  const count = Math.max(1, Math.round(ROUNDS * scale));
  const browser = await launchBrowser();
  try {
    for (let round = 1; round <= count; round++) {
      say(`round ${round} of ${count}`);
      runs.push(await measure(browser, LOAD_SECONDS * Math.min(1, scale)));
    }
  } finally {
    await browser.close();
  }
  const on = machine();
  await mkdir(folder, { recursive: true });
  const rawFile = join(folder, 'console.json');
  await writeFile(rawFile, `${JSON.stringify({ machine: on, target: TARGET, runs }, null, 1)}\n`);
  return { title: 'Console', markdown: `${machineText(on)}\n\n${consoleReport(runs)}`, rawFile };
}

async function measure(browser: Browser, loadSeconds: number): Promise<ConsoleRun> {
  const region = await TestRegion.create();
  try {
    await region.start();
    const { console, production } = await region.connection();
    const first = await look(browser, console.url);
    await first.close();
    const next = await look(browser, console.url);
    const underLoad = await load(region, `${production}/api/ping`, loadSeconds);
    await next.close();
    return {
      firstPaintSeconds: first.paintSeconds,
      firstDataSeconds: first.dataSeconds,
      nextPaintSeconds: next.paintSeconds,
      nextDataSeconds: next.dataSeconds,
      ...underLoad,
    };
  } finally {
    await region.remove();
  }
}

/** A new visitor of the console, whose page stays open until it is closed. */
async function look(browser: Browser, url: string) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const began = Date.now();
  await page.goto(url);
  await page.locator('.slot .version').nth(1).or(page.getByText('Nothing was released to it yet.')).first().waitFor();
  const dataSeconds = (Date.now() - began) / 1000;
  const painted = 'performance.timeOrigin + performance.getEntriesByName("first-contentful-paint")[0].startTime';
  const paintSeconds = (Number(await page.evaluate(painted)) - began) / 1000;
  return { paintSeconds, dataSeconds, close: () => context.close() };
}

async function load(region: TestRegion, url: string, seconds: number) {
  const { pid } = await region.status();
  const consolePid = await consoleOf(region);
  const before = [cpuSecondsOf(consolePid), cpuSecondsOf(pid)] as const;
  const wrk = new WrkLoad(url, CONNECTIONS);
  await sleep(seconds * 1000);
  const { requests } = await wrk.stop();
  return {
    requestsPerSecond: requests / seconds,
    consoleCpuSeconds: cpuSecondsOf(consolePid) - before[0],
    regionCpuSeconds: cpuSecondsOf(pid) - before[1],
    consoleMb: Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${consolePid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
  };
}

/** The console's process. The region's own names the console's program too, as its last argument. */
async function consoleOf(region: TestRegion): Promise<number> {
  for (const pid of await region.processes()) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes('console/main.ts\0/')) return pid;
  }
  throw new Error('the console does not run');
}

export function consoleReport(runs: readonly ConsoleRun[]): string {
  const of = (figure: (run: ConsoleRun) => number): number => median(runs.map(figure));
  const share = of(({ consoleCpuSeconds, regionCpuSeconds }) => (consoleCpuSeconds / regionCpuSeconds) * 100);
  const rate = of(({ requestsPerSecond }) => requestsPerSecond).toFixed(0);
  const seconds = (what: string, figure: (run: ConsoleRun) => number) => `| ${what} | ${of(figure).toFixed(2)} s | | |`;
  return [
    `In Chromium, medians of ${runs.length} rounds; the browser runs already. Raw data: [console.json](benchmarks/console.json).`,
    '',
    '| | measured | target | |',
    '|---|---|---|---|',
    seconds('first look after a start, until the first paint', (run) => run.firstPaintSeconds),
    seconds('until both slots are shown', (run) => run.firstDataSeconds),
    seconds('each later look, until the first paint', (run) => run.nextPaintSeconds),
    seconds('until both slots are shown', (run) => run.nextDataSeconds),
    `| its part of the region’s processor time, one page open, at ${rate} requests/s | ${share.toFixed(1)} % | ≤ ${TARGET.sharePercent} % | ${share <= TARGET.sharePercent ? 'met' : 'missed'} |`,
    `| resident memory of its process | ${of(({ consoleMb }) => consoleMb).toFixed(0)} MB | | |`,
  ].join('\n');
}
