import type { Settings } from './site-state.ts';

/** Defaults and upper bounds: App Service's "Environment variables and app settings" reference. */
const STOP_LIMIT_SECONDS = { fallback: 5, most: 120 };
const START_LIMIT_SECONDS = { fallback: 230, most: 1800 };
const CONTAINER_START_PATH = '/robots933456.txt';

export interface WarmUpRequest {
  readonly path: string;
  /** undefined: every status is warm. */
  readonly statuses: ReadonlySet<number> | undefined;
}

export function stopLimitSeconds(settings: Settings): number {
  return bounded(settings.WEBSITES_CONTAINER_STOP_TIME_LIMIT, STOP_LIMIT_SECONDS);
}

export function startLimitSeconds(settings: Settings): number {
  return bounded(settings.WEBSITES_CONTAINER_START_TIME_LIMIT, START_LIMIT_SECONDS);
}

/** The request whose answer shows that a container has started. */
export function startWarmUp(settings: Settings): WarmUpRequest {
  return warmUp(settings.WEBSITE_WARMUP_PATH, CONTAINER_START_PATH, settings.WEBSITE_WARMUP_STATUSES);
}

/** The request that a swap sends before it switches. */
export function swapWarmUp(settings: Settings): WarmUpRequest {
  return warmUp(settings.WEBSITE_SWAP_WARMUP_PING_PATH, '/', settings.WEBSITE_SWAP_WARMUP_PING_STATUSES);
}

export function isWarm(request: WarmUpRequest, status: number): boolean {
  return request.statuses === undefined || request.statuses.has(status);
}

function warmUp(path: string | undefined, fallback: string, statuses: string | undefined): WarmUpRequest {
  const wanted = path?.trim() || fallback;
  const numbers = (statuses ?? '')
    .split(/[,;]/)
    .map((part) => Number.parseInt(part, 10))
    .filter((status) => status >= 100 && status <= 599);
  return {
    path: wanted.startsWith('/') ? wanted : `/${wanted}`,
    statuses: numbers.length === 0 ? undefined : new Set(numbers),
  };
}

function bounded(value: string | undefined, limit: { fallback: number; most: number }): number {
  const seconds = Number(value?.trim() || Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, limit.most) : limit.fallback;
}
