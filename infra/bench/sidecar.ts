import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BenchOptions, type BenchResult, machine } from './bench.ts';
import { measureBacklog } from './sidecar-backlog.ts';
import { measureKills } from './sidecar-kill.ts';
import { measureLatency } from './sidecar-latency.ts';
import { report, type SidecarRaw } from './sidecar-report.ts';
import { type Load, measureThroughput } from './sidecar-throughput.ts';

export type Part = 'throughput' | 'latency' | 'backlog' | 'kill';

/** So many that noticing them, which takes the sidecar up to 200 ms, is a small part of it. */
const LOADS: readonly Load[] = [
  { bytes: 5_000, files: 6_000 },
  { bytes: 100_000, files: 2_000 },
  { bytes: 1_000_000, files: 400 },
];
const ROUNDS = 3;
const LATENCIES = 300;
const BACKLOG_FILES = 100_000;
const LARGE_FILES = 6;
const LARGE_BYTES = 200_000_000;
const KILLS = 200;

/** The sidecar against its peers and against the design's targets. */
export async function run(options: BenchOptions & { readonly parts?: readonly Part[] }): Promise<BenchResult> {
  const { folder, say, scale = 1, parts = ['throughput', 'latency', 'backlog', 'kill'] } = options;
  const scaled = (count: number): number => Math.max(1, Math.round(count * scale));
  const raw: SidecarRaw = { machine: machine() };
  if (parts.includes('throughput')) {
    const loads = LOADS.map(({ bytes, files }) => ({ bytes, files: scaled(files) }));
    const { results, missing } = await measureThroughput(loads, ROUNDS, say);
    Object.assign(raw, { throughput: results, missing });
  }
  if (parts.includes('latency')) {
    say('latencies');
    // Its p99 needs them all.
    raw.latency = await measureLatency(LATENCIES);
  }
  if (parts.includes('backlog')) {
    raw.backlog = [];
    const small = scaled(BACKLOG_FILES);
    for (const [what, files, bytes, foreign] of [
      [`${small.toLocaleString('en')} files of the application`, small, 1_000, false],
      [`${small.toLocaleString('en')} foreign files`, small, 1_000, true],
      [`${LARGE_FILES} files of 200 MB`, LARGE_FILES, LARGE_BYTES, false],
    ] as const) {
      say(`backlog: ${what}`);
      raw.backlog.push(await measureBacklog(what, files, bytes, foreign));
    }
  }
  if (parts.includes('kill')) raw.kill = await measureKills(scaled(KILLS), say);
  await mkdir(folder, { recursive: true });
  const rawFile = join(folder, 'sidecar.json');
  await writeFile(rawFile, `${JSON.stringify(raw, null, 1)}\n`);
  return { title: 'Sidecar', markdown: report(raw), rawFile };
}
