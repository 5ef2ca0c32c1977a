import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { swapByArm } from '../testbed/arm-swap.ts';
import { cacheTraffic, imageTraffic, type MadeImage, requireImage, type Traffic, WrkLoad } from '../testbed/load.ts';
import type { ReleaseBed } from '../testbed/release-bed.ts';

export interface SwapRecord {
  readonly by: 'arm' | 'release' | 'rollback';
  /** From the call to the end of the operation: restart, warm-up, switch, recycle of the old worker; of a release the command. */
  readonly ms: number;
  /** Memory of the region's own process afterwards. */
  readonly regionRssMb: number;
}

export interface PingLoad extends Traffic {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What the clients saw while something went on. */
export interface Phase {
  readonly ping: PingLoad;
  readonly bodies: Traffic;
  readonly images: Traffic;
  readonly swaps: readonly SwapRecord[];
}

export interface SwapMeasurement {
  /** Before, between and after the two below: what the machine does meanwhile is in all of them. */
  readonly rests: readonly Phase[];
  readonly bare: Phase;
  readonly releases: Phase;
  readonly imagesMade: number;
  /** Not readable after everything, or with other bytes. */
  readonly imagesMissed: number;
}

export interface SwapPlan {
  readonly bareSwaps: number;
  /** Each a package of its own, and then its rollback. */
  readonly releases: number;
  readonly restSeconds: number;
  readonly beat: (done: number) => void;
}

/** 32 keep-alive connections beside clients that send bodies and make images: at rest, through bare swaps, through releases. */
export async function measureSwaps(bed: ReleaseBed, plan: SwapPlan): Promise<SwapMeasurement> {
  const { file } = await bed.variant();
  await bed.done('release', '--package', file);
  const packages = await Promise.all(Array.from({ length: plan.releases }, () => bed.variant()));
  const made: MadeImage[] = [];
  const record = await recorder(bed, plan.beat);
  const rest = () => phase(bed, made, () => sleep(plan.restSeconds * 1000, []));
  const rests = [await rest()];
  const bare = await phase(bed, made, async () => {
    const swaps: SwapRecord[] = [];
    while (swaps.length < plan.bareSwaps) swaps.push(await record('arm', () => swapByArm(bed.connection)));
    return swaps;
  });
  rests.push(await rest());
  const releases = await phase(bed, made, async () => {
    const swaps: SwapRecord[] = [];
    for (const { file } of packages) {
      swaps.push(await record('release', () => bed.done('release', '--package', file)));
      swaps.push(await record('rollback', () => bed.done('rollback')));
    }
    return swaps;
  });
  rests.push(await rest());
  let imagesMissed = 0;
  for (const image of made) {
    await requireImage(bed.connection.production, image).catch(() => {
      imagesMissed += 1;
    });
  }
  return { rests, bare, releases, imagesMade: made.length, imagesMissed };
}

async function recorder(bed: ReleaseBed, beat: (done: number) => void) {
  const { pid } = await bed.region.status();
  let done = 0;
  return async (by: SwapRecord['by'], swap: () => Promise<unknown>): Promise<SwapRecord> => {
    const began = performance.now();
    await swap();
    const ms = Math.round(performance.now() - began);
    done += 1;
    beat(done);
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return { by, ms, regionRssMb: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024) };
  };
}

async function phase(
  { connection }: ReleaseBed,
  made: MadeImage[],
  action: () => Promise<readonly SwapRecord[]>,
): Promise<Phase> {
  const wrk = new WrkLoad(`${connection.production}/api/ping`);
  const [body, image] = [cacheTraffic(connection), imageTraffic(connection, made)];
  const stop = () => Promise.all([wrk.stop(), body.stop(), image.stop()]);
  const swaps = await action().finally(stop);
  const [{ report, ...counts }, bodies, images] = await stop();
  const ping = {
    ...counts,
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(report)?.[1]),
    p50Ms: latency(report, '50%'),
    p99Ms: latency(report, '99%'),
  };
  return { ping, bodies, images, swaps };
}

/** wrk prints `99%  12.34ms`, or us, or s. */
function latency(report: string, share: string): number {
  const found = new RegExp(`${share}\\s+([\\d.]+)(us|ms|s)`).exec(report);
  const factor = found?.[2] === 'us' ? 0.001 : found?.[2] === 's' ? 1000 : 1;
  return Math.round(Number(found?.[1]) * factor * 100) / 100;
}
