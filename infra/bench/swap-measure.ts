import { readFile } from 'node:fs/promises';
import type { Connection } from '../connection.ts';
import { swapByArm } from '../e2e/release/arm-swap.ts';
import type { ReleaseBed } from '../e2e/release/bed.ts';
import {
  cacheTraffic,
  imageTraffic,
  type MadeImage,
  requireImage,
  type Traffic,
  WrkLoad,
} from '../e2e/release/load.ts';

export interface SwapRecord {
  readonly by: 'arm' | 'release' | 'rollback';
  /** From the call to the end of the operation: restart, warm-up, switch, recycle of the old worker. */
  readonly ms: number;
  /** Memory of the region's own process afterwards. */
  readonly regionRssMb: number;
}

export interface PingLoad {
  readonly requests: number;
  readonly failures: readonly string[];
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface SwapMeasurement {
  readonly rest: PingLoad;
  readonly during: PingLoad;
  readonly bodies: Traffic;
  readonly images: Traffic & { readonly missedLater: number };
  readonly swaps: readonly SwapRecord[];
}

export interface SwapPlan {
  /** All of them; every tenth pair is a release and its rollback. */
  readonly swaps: number;
  readonly restSeconds: number;
  readonly beat: (done: number) => void;
}

/** 32 keep-alive connections at rest, then the same through swaps, beside clients that send bodies and make images. */
export async function measureSwaps(bed: ReleaseBed, plan: SwapPlan): Promise<SwapMeasurement> {
  const { connection } = bed;
  const url = `${connection.production}/api/ping`;
  const { file } = await bed.variant();
  await bed.done('release', '--package', file);
  const rest = await withClients(connection, url, () => seconds(plan.restSeconds));
  const swaps: SwapRecord[] = [];
  const during = await withClients(connection, url, async () => {
    while (swaps.length < plan.swaps) {
      swaps.push(await oneSwap(bed, swaps.length, file));
      plan.beat(swaps.length);
    }
  });
  let missedLater = 0;
  for (const image of during.made) {
    await requireImage(connection.production, image).catch(() => {
      missedLater += 1;
    });
  }
  const { bodies, images } = during;
  return { rest: rest.ping, during: during.ping, bodies, images: { ...images, missedLater }, swaps };
}

async function oneSwap(bed: ReleaseBed, number: number, file: string): Promise<SwapRecord> {
  const began = performance.now();
  const by = number % 20 === 18 ? 'release' : number % 20 === 19 ? 'rollback' : 'arm';
  if (by === 'release') await bed.done('release', '--package', file);
  else if (by === 'rollback') await bed.done('rollback');
  else await swapByArm(bed.connection);
  const ms = Math.round(performance.now() - began);
  return { by, ms, regionRssMb: await regionMemory(bed) };
}

async function regionMemory(bed: ReleaseBed): Promise<number> {
  const { pid } = await bed.region.status();
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

async function withClients(connection: Connection, url: string, action: () => Promise<void>) {
  const made: MadeImage[] = [];
  const wrk = new WrkLoad(url);
  const [body, image] = [cacheTraffic(connection), imageTraffic(connection, made)];
  try {
    await action();
  } finally {
    await Promise.all([wrk.stop(), body.stop(), image.stop()]);
  }
  const { requests, failures, report } = await wrk.stop();
  const ping = {
    requests,
    failures,
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(report)?.[1]),
    p50Ms: latency(report, '50%'),
    p99Ms: latency(report, '99%'),
  };
  return { ping, bodies: await body.stop(), images: await image.stop(), made };
}

/** wrk prints `99%  12.34ms`, or us, or s. */
function latency(report: string, share: string): number {
  const found = new RegExp(`${share}\\s+([\\d.]+)(us|ms|s)`).exec(report);
  const factor = found?.[2] === 'us' ? 0.001 : found?.[2] === 's' ? 1000 : 1;
  return Math.round(Number(found?.[1]) * factor * 100) / 100;
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, count * 1000);
  });
}
