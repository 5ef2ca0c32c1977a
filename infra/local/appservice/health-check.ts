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
