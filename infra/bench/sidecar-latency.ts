import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { png, ulidName, writeAtomically } from '../../sidecar/testbed/files.ts';
import { Testbed } from '../../sidecar/testbed/testbed.ts';
import { percentile } from '../lib/percentile.ts';

export interface Latency {
  readonly what: 'bare PUT' | 'carried' | 'by scan only';
  readonly samples: readonly number[];
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const POLL_MS = 1;

/** From the rename into the outbox until the file is durable, with nothing else going on. */
export async function measureLatency(count: number): Promise<Latency[]> {
  const bed = await Testbed.start();
  try {
    const sidecar = await bed.sidecar();
    const bytes = png(5_000);
    const put: number[] = [];
    const carried: number[] = [];
    const scanned: number[] = [];
    for (let at = 0; at < count; at += 1) {
      const bare = ulidName();
      put.push(await timed(() => bed.azurite.container().getBlockBlobClient(bare).upload(bytes, bytes.length)));
      const asked = ulidName();
      await writeAtomically(sidecar.outbox, asked, bytes);
      carried.push(
        await timed(async () => {
          const response = await sidecar.carry(asked, 5_000);
          if (response.status !== 200) throw new Error(`carry: ${response.status}`);
          await response.arrayBuffer();
        }),
      );
    }
    for (let at = 0; at < count; at += 1) {
      // At a random moment between two scans.
      await sleep(Math.random() * 200);
      const name = ulidName();
      await writeAtomically(sidecar.outbox, name, bytes);
      scanned.push(
        await timed(async () => {
          while (!existsSync(join(sidecar.synced, name))) await sleep(POLL_MS);
        }),
      );
    }
    return [latency('bare PUT', put), latency('carried', carried), latency('by scan only', scanned)];
  } finally {
    await bed.stop();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function latency(what: Latency['what'], samples: number[]): Latency {
  return { what, samples, p50Ms: percentile(samples, 0.5), p99Ms: percentile(samples, 0.99) };
}
