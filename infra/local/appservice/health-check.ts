import type { Clock } from '../../lib/clock.ts';
import type { Worker } from './worker.ts';

/** App Service pings with a limit of one minute and follows no redirect; only 200 to 299 is healthy. */
const PING_TIMEOUT_MS = 60_000;

export interface InstanceHealth {
  readonly instance: string;
  /** undefined: the site has no health check path. */
  readonly healthy: boolean | undefined;
  readonly status?: number;
  readonly checkedUtc: string;
}

export async function checkInstance(worker: Worker, path: string | undefined, clock: Clock): Promise<InstanceHealth> {
  const checkedUtc = new Date(clock.now()).toISOString();
  if (path === undefined || path === '') return { instance: worker.id, healthy: undefined, checkedUtc };
  try {
    const { status } = await worker.ping(path, PING_TIMEOUT_MS);
    return { instance: worker.id, healthy: status >= 200 && status <= 299, status, checkedUtc };
  } catch {
    return { instance: worker.id, healthy: false, checkedUtc };
  }
}

/**
 * The instances that keep getting requests. One that is the only one is never taken out, and never more than half of
 * them are (`WEBSITE_HEALTHCHECK_MAXUNHEALTHYWORKERPERCENT`, default 50).
 */
export function inRotation(instances: readonly InstanceHealth[]): readonly InstanceHealth[] {
  if (instances.length < 2) return instances;
  const takenOut = new Set(
    instances.filter(({ healthy }) => healthy === false).slice(0, Math.floor(instances.length / 2)),
  );
  return instances.filter((instance) => !takenOut.has(instance));
}
