import { median } from '../lib/percentile.ts';
import { type Machine, machineText } from './bench.ts';
import type { Backlog } from './sidecar-backlog.ts';
import type { Killed } from './sidecar-kill.ts';
import type { Latency } from './sidecar-latency.ts';
import type { Throughput } from './sidecar-throughput.ts';

export interface SidecarRaw {
  readonly machine: Machine;
  throughput?: Throughput[];
  /** Peers that are not installed. */
  missing?: string[];
  latency?: Latency[];
  backlog?: Backlog[];
  kill?: Killed;
}

const TARGET = { ofPutLoop: 0.8, ofPeers: 1.5, carriedMs: 50, scannedMs: 300, backlogFactor: 1.2, backlogMb: 64 };

export function report(raw: SidecarRaw): string {
  const parts = [
    [
      machineText(raw.machine),
      '',
      'Blob is Azurite over TLS with OAuth, a fresh one for every run. Raw data: [sidecar.json](benchmarks/sidecar.json).',
    ],
    raw.throughput === undefined ? [] : throughputLines(raw.throughput, raw.missing ?? []),
    raw.latency === undefined ? [] : latencyLines(raw.latency),
    raw.backlog === undefined ? [] : backlogLines(raw.backlog),
    raw.kill === undefined ? [] : killLines(raw.kill),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function throughputLines(results: readonly Throughput[], missing: readonly string[]): string[] {
  const names = [...new Set(results.map(({ tool }) => tool))];
  const sizes = [...new Set(results.map(({ bytes }) => bytes))];
  const of = (tool: string, bytes: number): Throughput | undefined =>
    results.find((result) => result.tool === tool && result.bytes === bytes);
  const rows = sizes.map((bytes) => {
    const cells = names.map((name) => of(name, bytes)?.filesPerSecond.toFixed(0) ?? '–');
    const loop = ratio(of('sidecar', bytes), of('bare PUT loop', bytes));
    const peers = ['rclone', 'azcopy'].map((peer) => ratio(of('sidecar', bytes), of(peer, bytes)));
    const better = Math.min(...peers.filter(Number.isFinite));
    return `| ${bytes / 1_000} KB | ${cells.join(' | ')} | ${judged(loop, TARGET.ofPutLoop)} | ${judged(better, TARGET.ofPeers)} |`;
  });
  return [
    'Files per second until all are in the container. Azurite is warm: it has taken a third as many files of that size before.',
    'The sidecar, which is a service and has started, and the loop brought those and run on: their clock starts when the files',
    'appear, which the sidecar has to notice. For rclone and azcopy, with a signature in place of a token, it starts with the',
    'process. Medians of rounds in turn; the ratios are medians too, round by round, of what ran in the same minute.',
    '',
    `| | ${names.join(' | ')} | of the loop, ≥ ${TARGET.ofPutLoop} | of the better peer, ≥ ${TARGET.ofPeers} |`,
    `|---|${names.map(() => '---').join('|')}|---|---|`,
    ...rows,
    ...missing.map((text) => `\nNot measured: ${text}.`),
  ];
}

function latencyLines(latencies: readonly Latency[]): string[] {
  const put = latencies.find(({ what }) => what === 'bare PUT')?.p99Ms ?? Number.NaN;
  const limits = { 'bare PUT': Number.NaN, carried: TARGET.carriedMs + put, 'by scan only': TARGET.scannedMs };
  return [
    'From the rename into the outbox until it is durable, with nothing else going on:',
    '',
    '| | p50 ms | p99 ms | target |',
    '|---|---|---|---|',
    ...latencies.map(({ what, p50Ms, p99Ms }) => {
      const limit = limits[what];
      const target = Number.isNaN(limit) ? '' : `≤ ${limit.toFixed(0)} ${verdict(p99Ms <= limit)}`;
      return `| ${what} | ${p50Ms.toFixed(1)} | ${p99Ms.toFixed(1)} | ${target} |`;
    }),
  ];
}

function backlogLines(backlogs: readonly Backlog[]): string[] {
  return [
    'Resident memory with a backlog, against the same process idle; how fast the backlog goes, and what the sidecar answers meanwhile:',
    '',
    '| backlog | idle MB | peak MB | target MB | files/s | /status ms | /carry ms |',
    '|---|---|---|---|---|---|---|',
    ...backlogs.map(({ what, idleMb, peakMb, files, seconds, statusMs, carryMs }) => {
      const limit = idleMb * TARGET.backlogFactor + TARGET.backlogMb;
      const [idle, peak, rate, status, carry] = [idleMb, peakMb, files / seconds, statusMs, carryMs].map((n) =>
        n.toFixed(0),
      );
      return `| ${what} | ${idle} | ${peak} | ≤ ${limit.toFixed(0)} ${verdict(peakMb <= limit)} | ${rate} | ${status} | ${carry} |`;
    }),
  ];
}

function killLines({ kills, files, lost, different, unknown, conflicts }: Killed): string[] {
  const good = lost + different + unknown + conflicts === 0;
  return [
    `kill -9, ${kills} times under a stream of ${files} files: ${lost} lost, ${different} with other bytes, ${unknown} that nobody wrote, ` +
      `${conflicts} conflicts (${verdict(good)}).`,
  ];
}

function ratio(own: Throughput | undefined, other: Throughput | undefined): number {
  if (own === undefined || other === undefined) return Number.NaN;
  return median(own.runs.map((ms, round) => (other.runs[round] ?? Number.NaN) / ms));
}

function judged(value: number, target: number): string {
  return Number.isFinite(value) ? `${value.toFixed(2)} ${verdict(value >= target)}` : '–';
}

function verdict(met: boolean): string {
  return met ? 'met' : 'missed';
}
