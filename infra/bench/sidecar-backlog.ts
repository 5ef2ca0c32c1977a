import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ulidName } from '../../sidecar/testbed/files.ts';
import type { SidecarProcess } from '../../sidecar/testbed/sidecar-process.ts';
import { Testbed } from '../../sidecar/testbed/testbed.ts';
import { until } from '../../sidecar/testbed/until.ts';

export interface Backlog {
  readonly what: string;
  readonly files: number;
  readonly idleMb: number;
  readonly peakMb: number;
  readonly seconds: number;
  /** Resident megabytes, one a second. */
  readonly series: readonly number[];
  /** Milliseconds that /status took in the middle of it. */
  readonly statusMs: number;
  /** Milliseconds that /carry took in the middle of it. */
  readonly carryMs: number;
}

const IDLE_S = 8;
const WRITTEN_AT_ONCE = 64;

/** Resident memory of the sidecar with a backlog, against the same process idle. */
export async function measureBacklog(what: string, files: number, bytes: number, foreign: boolean): Promise<Backlog> {
  const bed = await Testbed.start({ inMemory: bytes < 1_000_000 });
  try {
    const sidecar = await bed.sidecar();
    await sleep(IDLE_S * 1_000);
    const idleMb = residentMb(sidecar);
    await sidecar.down();
    await fill(sidecar.outbox, files, bytes, foreign);
    await sidecar.up();
    const begun = performance.now();
    const series: number[] = [];
    const sampler = setInterval(() => series.push(residentMb(sidecar)), 1_000);
    await sleep(2_000);
    const statusMs = await timed(() => sidecar.status());
    const carryMs = await timed(async () => {
      const name = ulidName();
      await writeFile(join(sidecar.outbox, name), 'x'.repeat(500));
      await sidecar.carry(name, 20_000);
    });
    await until('the outbox is empty', () => readdirSync(sidecar.outbox).length === 0, 1_800_000, 200);
    clearInterval(sampler);
    const seconds = (performance.now() - begun) / 1_000;
    return { what, files, idleMb, peakMb: Math.max(idleMb, ...series), seconds, series, statusMs, carryMs };
  } finally {
    await bed.stop();
  }
}

async function fill(outbox: string, files: number, bytes: number, foreign: boolean): Promise<void> {
  await mkdir(outbox, { recursive: true });
  const contents = Buffer.alloc(bytes, 'slipway ');
  for (let at = 0; at < files; at += WRITTEN_AT_ONCE) {
    const group = Math.min(WRITTEN_AT_ONCE, files - at);
    await Promise.all(
      Array.from({ length: group }, (_, offset) =>
        writeFile(join(outbox, foreign ? `file ${at + offset}.txt` : ulidName('bin')), contents),
      ),
    );
  }
}

function residentMb(sidecar: SidecarProcess): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${sidecar.pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1_024;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
