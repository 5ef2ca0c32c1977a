import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { median } from '../lib/percentile.ts';
import { DEFAULT_ARCHIVE_LIMITS, extractArchive } from '../local/appservice/package-archive.ts';
import { swapByArm } from '../testbed/arm-swap.ts';
import type { ReleaseBed } from '../testbed/release-bed.ts';
import { OpenLoopLoad } from './open-loop/load.ts';
import type { OpenLoopResult } from './open-loop/schedule.ts';
import { PhpSite } from './peers/php-site.ts';
import { reloadToOtherPool, type Switch, stopAndStart, symlinkAndReload } from './peers/switches.ts';

export const methods = [
  'slot swap',
  'symlink and php-fpm reload',
  'nginx reload to another pool',
  'stop and start',
] as const;
export type Method = (typeof methods)[number];

/** Neighbours in time, so that what else the machine does is in both. */
export interface Pair {
  readonly rest: OpenLoopResult;
  readonly switching: OpenLoopResult & { readonly switches: number };
}

export interface VisitorWait {
  /** Requests a second of the slot swap's site when nothing but the next answer is waited for. */
  readonly capacityPerSecond: number;
  readonly perSecond: number;
  readonly windowSeconds: number;
  readonly pairs: Readonly<Record<Method, readonly Pair[]>>;
}

export interface VisitorWaitPlan {
  readonly pairs: number;
  readonly windowSeconds: number;
  readonly say: (line: string) => void;
}

const CAPACITY_RUNS = 3;
const CAPACITY_SECONDS = 4;
const CAPACITY_CONNECTIONS = 32;
/** Of what the machine carries: more would measure a queue, less would leave room that nobody has. */
const SHARE = 0.5;
/** As many as it takes for a request that is due to find one, also when some stall. */
const OPEN_CONNECTIONS = 512;
/** Between two switches of a peer, which take less time than a swap. */
const BETWEEN_SWITCHES_MS = 1_000;
const CHILDREN = 8;

interface Site {
  readonly url: string;
  readonly switchOnce: () => Promise<void>;
}

/** What visitors wait at rest and while releases are switched, at a fixed rate: our swap and three other ways. */
export async function measureVisitorWait(bed: ReleaseBed, plan: VisitorWaitPlan): Promise<VisitorWait> {
  const work = await mkdtemp(join(tmpdir(), 'sw-peers-'));
  const stops: (() => Promise<void>)[] = [];
  try {
    const own: Site = {
      url: `${bed.connection.production}/api/ping`,
      switchOnce: () => swapByArm(bed.connection),
    };
    const releases = await applicationTwice(bed, work);
    const peer = async (name: string, act: Switch): Promise<Site> => {
      const site = await PhpSite.start({ directory: join(work, name), releases, children: CHILDREN });
      stops.push(() => site.stop());
      return {
        url: site.url,
        switchOnce: async () => {
          await act(site);
          await sleep(BETWEEN_SWITCHES_MS);
        },
      };
    };
    const sites: Record<Method, Site> = {
      'slot swap': own,
      'symlink and php-fpm reload': await peer('s', symlinkAndReload),
      'nginx reload to another pool': await peer('n', reloadToOtherPool()),
      'stop and start': await peer('t', stopAndStart),
    };
    const capacityPerSecond = await capacity(own.url);
    const perSecond = Math.round(capacityPerSecond * SHARE);
    const pairs: Record<Method, Pair[]> = Object.fromEntries(methods.map((name) => [name, []])) as never;
    for (let round = 1; round <= plan.pairs; round++) {
      for (const name of methods) {
        plan.say(`${perSecond} requests a second, pair ${round} of ${plan.pairs}: ${name}`);
        pairs[name].push(await pair(sites[name], perSecond, plan.windowSeconds));
      }
    }
    return { capacityPerSecond, perSecond, windowSeconds: plan.windowSeconds, pairs };
  } finally {
    for (const stop of stops) await stop();
    await rm(work, { recursive: true, force: true });
  }
}

async function pair({ url, switchOnce }: Site, perSecond: number, windowSeconds: number): Promise<Pair> {
  const plan = { url, perSecond, connections: OPEN_CONNECTIONS };
  const quiet = new OpenLoopLoad(plan);
  await sleep(windowSeconds * 1000);
  const rest = await quiet.stop();
  const busy = new OpenLoopLoad(plan);
  let switches = 0;
  for (const began = performance.now(); performance.now() - began < windowSeconds * 1000; switches++) {
    await switchOnce();
  }
  return { rest, switching: { ...(await busy.stop()), switches } };
}

/** The application of the live package in two directories. */
async function applicationTwice(bed: ReleaseBed, work: string): Promise<[string, string]> {
  const { version } = await bed.live();
  const unpacked = join(work, 'package');
  await mkdir(unpacked);
  await extractArchive(join(bed.region.stateDir, 'packages', `${version}.zip`), unpacked, DEFAULT_ARCHIVE_LIMITS);
  const [one, two] = [join(work, '1'), join(work, '2')];
  for (const directory of [one, two]) {
    await mkdir(directory);
    await promisify(execFile)('tar', ['-xzf', join(unpacked, 'application.tar.gz'), '-C', directory]);
  }
  return [one, two];
}

async function capacity(url: string): Promise<number> {
  const runs: number[] = [];
  for (let run = 0; run < CAPACITY_RUNS; run++) {
    const args = ['-t2', `-c${CAPACITY_CONNECTIONS}`, `-d${CAPACITY_SECONDS}s`, url];
    const { stdout } = await promisify(execFile)('wrk', args);
    runs.push(Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]));
  }
  return Math.round(median(runs));
}
