import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Backlog, measureBacklog } from './sidecar-backlog.ts';
import { type Killed, measureKills } from './sidecar-kill.ts';
import { type Latency, measureLatency } from './sidecar-latency.ts';
import { type Load, measureThroughput, type Throughput } from './sidecar-throughput.ts';

export interface BenchOptions {
  /** Where raw data goes: docs/benchmarks. */
  readonly folder: string;
  readonly say: (line: string) => void;
  /** 1 is the full bench; less takes proportionally fewer files and kills. */
  readonly scale?: number;
  /** Only these parts. */
  readonly parts?: readonly Part[];
}

export type Part = 'throughput' | 'latency' | 'backlog' | 'kill';

export interface BenchResult {
  readonly title: string;
  /** A section for docs/benchmarks.md. */
  readonly markdown: string;
  readonly rawFile: string;
}

interface Raw {
  machine: { cpu: string; cores: number; memoryGb: number; node: string; at: string };
  throughput?: Throughput[];
  missing?: string[];
  latency?: Latency[];
  backlog?: Backlog[];
  kill?: Killed;
}

const LOADS: readonly Load[] = [
  { bytes: 5_000, files: 3_000 },
  { bytes: 100_000, files: 1_500 },
  { bytes: 1_000_000, files: 300 },
];
const ROUNDS = 3;
const LATENCIES = 300;
const BACKLOG_FILES = 100_000;
const LARGE_FILES = 6;
const LARGE_BYTES = 200_000_000;
const KILLS = 200;

/** The sidecar against its peers and against the design's targets. */
export async function run(options: BenchOptions): Promise<BenchResult> {
  const { folder, say, scale = 1, parts = ['throughput', 'latency', 'backlog', 'kill'] } = options;
  const scaled = (count: number): number => Math.max(1, Math.round(count * scale));
  const raw: Raw = { machine: machine() };
  if (parts.includes('throughput')) {
    const loads = LOADS.map(({ bytes, files }) => ({ bytes, files: scaled(files) }));
    const { results, missing } = await measureThroughput(loads, ROUNDS, say);
    Object.assign(raw, { throughput: results, missing });
  }
  if (parts.includes('latency')) {
    say('latencies');
    raw.latency = await measureLatency(scaled(LATENCIES));
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

function report(raw: Raw): string {
  const { machine, throughput, latency, backlog, kill } = raw;
  const lines = [
    '## Sidecar',
    '',
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, ${machine.at}. Blob is Azurite over TLS with OAuth,`,
    'in a process of its own for every run. Raw data: [benchmarks/sidecar.json](benchmarks/sidecar.json).',
  ];
  if (throughput !== undefined)
    lines.push('', ...throughputTable(throughput), ...(raw.missing ?? []).map((text) => `\nNot measured: ${text}.`));
  if (latency !== undefined) {
    lines.push('', '| outbox to durable, idle | p50 ms | p99 ms |', '|---|---|---|');
    for (const { what, p50Ms, p99Ms } of latency) lines.push(`| ${what} | ${p50Ms.toFixed(1)} | ${p99Ms.toFixed(1)} |`);
  }
  if (backlog !== undefined) {
    lines.push(
      '',
      '| backlog | idle MB | peak MB | allowed MB | files/s | /status ms | /carry ms |',
      '|---|---|---|---|---|---|---|',
    );
    for (const { what, idleMb, peakMb, files, seconds, statusMs, carryMs } of backlog) {
      const allowed = idleMb * 1.2 + 64;
      const figures = [idleMb, peakMb, allowed, files / seconds, statusMs, carryMs].map((value) => value.toFixed(0));
      lines.push(`| ${what} | ${figures.join(' | ')} |`);
    }
  }
  if (kill !== undefined) {
    const { kills, files, lost, different, unknown, conflicts } = kill;
    lines.push(
      '',
      `kill -9, ${kills} times under ${files} files: ${lost} lost, ${different} with other bytes, ${unknown} unknown, ${conflicts} conflicts.`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** One row per size; in brackets how the sidecar compares: it is to be ≥ 0.8 of the loop and ≥ 1.5 of the better tool. */
function throughputTable(results: readonly Throughput[]): string[] {
  const names = [...new Set(results.map(({ tool }) => tool))];
  const lines = [`| files/s | ${names.join(' | ')} |`, `|---|${names.map(() => '---').join('|')}|`];
  for (const bytes of new Set(results.map((result) => result.bytes))) {
    const row = names.map(
      (name) => results.find((result) => result.tool === name && result.bytes === bytes)?.filesPerSecond ?? Number.NaN,
    );
    const own = row[names.indexOf('sidecar')] ?? Number.NaN;
    const cells = row.map((value, at) =>
      names[at] === 'sidecar' ? value.toFixed(0) : `${value.toFixed(0)} (${(own / value).toFixed(2)})`,
    );
    lines.push(`| ${bytes / 1_000} KB | ${cells.join(' | ')} |`);
  }
  return lines;
}

function machine(): Raw['machine'] {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1_000_000_000),
    node: process.versions.node,
    at: new Date().toISOString().slice(0, 16),
  };
}
