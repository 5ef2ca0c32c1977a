import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SlotName } from './appservice/worker.ts';
import type { Servers } from './platform.ts';
import type { ExitRecord } from './processes/region-process.ts';
import { accepts } from './processes/wait.ts';
import type { ProcessWorker } from './worker/process-worker.ts';

const askWithinMs = 2_000;

export interface MediaStatus {
  readonly pending: number;
  readonly oldestSeconds: number;
  readonly synced: number;
  readonly stuck: readonly { readonly name: string; readonly reason: string; readonly seconds: number }[];
  /** Names. */
  readonly conflicts: readonly string[];
}

export interface SlotStatus {
  /** False: nothing was ever released to it, so nothing can answer. */
  readonly deployed: boolean;
  readonly version: string | null;
  readonly schema: string | null;
  /** Start of this slot's php-fpm, ISO 8601. */
  readonly since: string | null;
  readonly healthy: boolean;
  readonly instances: readonly {
    readonly id: string;
    readonly processes: {
      readonly nginx: number | null;
      readonly phpFpm: number | null;
      readonly sidecar: number | null;
    };
    readonly ready: boolean;
    /** Why containers of this instance ended, by container, newest last. */
    readonly exits: Readonly<Record<string, readonly ExitRecord[]>>;
  }[];
  readonly media: MediaStatus | null;
}

/** What `slipway status --json` prints of the region. A pid of null: not running. */
export interface RegionStatus {
  readonly region: 'local';
  readonly slots: Readonly<Record<SlotName, SlotStatus>>;
  readonly servers: {
    readonly mysql: number | null;
    readonly redis: number | null;
    readonly blob: number | null;
    readonly front: number | null;
  };
  readonly pid: number;
}

export async function describeRegion(
  servers: Servers,
  workerOf: (slot: SlotName) => ProcessWorker,
): Promise<RegionStatus> {
  const [production, staging] = await Promise.all([
    describeSlot(workerOf('production'), sidecarPortOf(servers, workerOf('production'))),
    describeSlot(workerOf('staging'), sidecarPortOf(servers, workerOf('staging'))),
  ]);
  return {
    region: 'local',
    slots: { production, staging },
    servers: {
      mysql: servers.mysql.pid ?? null,
      redis: servers.redis.pid ?? null,
      blob: servers.blob.pid ?? null,
      front: servers.front.pid ?? null,
    },
    pid: process.pid,
  };
}

async function describeSlot(worker: ProcessWorker, sidecarPort: number): Promise<SlotStatus> {
  const [content, version, live, media, processes] = await Promise.all([
    readdir(join(worker.home, 'site', 'wwwroot')).catch(() => []),
    pingJson(worker, '/version'),
    worker.ping('/api/health/live', askWithinMs).catch(() => undefined),
    sidecarStatus(sidecarPort),
    worker.processes(),
  ]);
  const healthy = live?.status === 200;
  return {
    deployed: content.length > 0,
    version: textOf(version, 'version'),
    schema: textOf(version, 'schema'),
    since: textOf(version, 'startedAt'),
    healthy,
    instances: [{ id: worker.id, processes, ready: healthy && (await accepts(sidecarPort)), exits: worker.exits }],
    media,
  };
}

async function pingJson(worker: ProcessWorker, path: string): Promise<unknown> {
  try {
    const answer = await worker.ping(path, askWithinMs);
    return answer.status === 200 ? JSON.parse(answer.body) : undefined;
  } catch {
    return undefined;
  }
}

async function sidecarStatus(port: number): Promise<MediaStatus | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/status`, { signal: AbortSignal.timeout(askWithinMs) });
    const { media } = (await answer.json()) as { readonly media: MediaStatus };
    const { pending, oldestSeconds, synced, stuck, conflicts } = media;
    return { pending, oldestSeconds, synced, stuck, conflicts };
  } catch {
    return null;
  }
}

function sidecarPortOf({ ports }: Servers, worker: ProcessWorker): number {
  return worker.id === 'a' ? ports.internal.sidecarA : ports.internal.sidecarB;
}

function textOf(value: unknown, key: string): string | null {
  if (typeof value !== 'object' || value === null || !(key in value)) return null;
  const member = (value as Record<string, unknown>)[key];
  return typeof member === 'string' ? member : null;
}
