import type { ApplicationWorkers } from '../lib/application-workers.ts';
import type { SlotName } from './appservice/worker.ts';
import type { Platform } from './platform.ts';
import type { ExitRecord } from './processes/region-process.ts';
import { acceptsConnections } from './processes/wait.ts';
import type { ProcessWorker } from './worker/process-worker.ts';

const ASK_WITHIN_MS = 2_000;

export interface MediaStatus {
  readonly pending: number;
  readonly oldestSeconds: number;
  readonly synced: number;
  readonly stuck: readonly { readonly name: string; readonly reason: string; readonly seconds: number }[];
  /** Names. */
  readonly conflicts: readonly string[];
}

export interface SlotStatus {
  /** False when nothing was ever released to the slot. */
  readonly deployed: boolean;
  readonly version: string | null;
  readonly schema: string | null;
  /** Start of this slot's php-fpm, ISO 8601. */
  readonly since: string | null;
  readonly healthy: boolean;
  /** The version whose workers and schedule run here; null in staging. */
  readonly declared: string | null;
  readonly instances: readonly ({
    readonly id: string;
    readonly processes: {
      readonly nginx: number | null;
      readonly phpFpm: number | null;
      readonly sidecar: number | null;
    };
    readonly ready: boolean;
    /** Unexpected exits of this instance's containers, by container, newest last. */
    readonly exits: Readonly<Record<string, readonly ExitRecord[]>>;
  } & ApplicationWorkers)[];
  readonly media: MediaStatus | null;
}

/** The region's part of `slipway status --json`. A pid is null when the process does not run. */
export interface RegionStatus {
  readonly region: 'local';
  readonly slots: Readonly<Record<SlotName, SlotStatus>>;
  readonly servers: {
    readonly mysql: number | null;
    readonly redis: number | null;
    readonly blob: number | null;
    readonly front: number | null;
  };
  /** ISO 8601; null for a server that runs. */
  readonly downSince: Readonly<Record<'mysql' | 'redis' | 'blob' | 'front', string | null>>;
  readonly pid: number;
}

export async function describeRegion(
  platform: Platform,
  workerOf: (slot: SlotName) => ProcessWorker,
): Promise<RegionStatus> {
  const [production, staging] = await Promise.all([
    describeSlot(workerOf('production'), sidecarPortOf(platform, workerOf('production'))),
    describeSlot(workerOf('staging'), sidecarPortOf(platform, workerOf('staging'))),
  ]);
  return {
    region: 'local',
    slots: { production, staging },
    servers: {
      mysql: platform.mysql.pid ?? null,
      redis: platform.redis.pid ?? null,
      blob: platform.blob.pid ?? null,
      front: platform.front.pid ?? null,
    },
    downSince: {
      mysql: platform.mysql.downSince ?? null,
      redis: platform.redis.downSince ?? null,
      blob: platform.blob.downSince ?? null,
      front: platform.front.downSince ?? null,
    },
    pid: process.pid,
  };
}

/** What a slot's status is made of. */
export type DescribedWorker = Pick<
  ProcessWorker,
  'id' | 'exits' | 'isDeployed' | 'ping' | 'processes' | 'applicationWorkers'
>;

export async function describeSlot(worker: DescribedWorker, sidecarPort: number): Promise<SlotStatus> {
  const [deployed, version, live, media, processes, { declared, ...application }] = await Promise.all([
    worker.isDeployed(),
    pingJson(worker, '/_slipway/version'),
    worker.ping('/_slipway/live', ASK_WITHIN_MS).catch(() => undefined),
    sidecarStatus(sidecarPort),
    worker.processes(),
    worker.applicationWorkers(),
  ]);
  const healthy = live?.status === 200;
  return {
    deployed,
    version: textOf(version, 'version'),
    schema: textOf(version, 'schema'),
    since: textOf(version, 'startedAt'),
    healthy,
    declared,
    instances: [
      {
        id: worker.id,
        processes,
        ready: healthy && (await acceptsConnections(sidecarPort)),
        exits: worker.exits,
        ...application,
      },
    ],
    media,
  };
}

async function pingJson(worker: DescribedWorker, path: string): Promise<unknown> {
  try {
    const answer = await worker.ping(path, ASK_WITHIN_MS);
    return answer.status === 200 ? JSON.parse(answer.body) : undefined;
  } catch {
    return undefined;
  }
}

async function sidecarStatus(port: number): Promise<MediaStatus | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/status`, { signal: AbortSignal.timeout(ASK_WITHIN_MS) });
    const { media } = (await answer.json()) as { readonly media: MediaStatus };
    const { pending, oldestSeconds, synced, stuck, conflicts } = media;
    return { pending, oldestSeconds, synced, stuck, conflicts };
  } catch {
    return null;
  }
}

function sidecarPortOf({ ports }: Platform, worker: ProcessWorker): number {
  return worker.id === 'a' ? ports.internal.sidecarA : ports.internal.sidecarB;
}

function textOf(value: unknown, key: string): string | null {
  if (typeof value !== 'object' || value === null || !(key in value)) return null;
  const member = (value as Record<string, unknown>)[key];
  return typeof member === 'string' ? member : null;
}
