import type { Clock } from '../../lib/clock.ts';
import { isWarm, startLimitSeconds, startWarmUp, swapWarmUp, type WarmUpRequest } from './platform-settings.ts';
import type { Settings } from './site-state.ts';
import type { Worker } from './worker.ts';

/** Azure: the swap's ping waits 90 s, five times. */
export interface WarmUpLimits {
  readonly pingTimeoutMs: number;
  readonly pingTries: number;
  /** Milliseconds between two pings of which the first got no answer. */
  readonly pingPauseMs: number;
  /** Milliseconds between two attempts to reach a container that is starting. */
  readonly startPollMs: number;
}

export const AZURE_WARM_UP: WarmUpLimits = {
  pingTimeoutMs: 90_000,
  pingTries: 5,
  pingPauseMs: 1000,
  startPollMs: 50,
};

/**
 * Waits until the worker answers, then sends the warm-up request of a swap over plain HTTP. Any status counts unless the
 * settings name statuses: then the first answer with another one ends the swap. Resolves with false when the worker did not
 * become warm.
 */
export async function becomesWarm(
  worker: Worker,
  settings: Settings,
  limits: WarmUpLimits,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const isWarm =
    (await hasStarted(worker, settings, limits, clock, signal)) &&
    (await answersPing(worker, swapWarmUp(settings), limits, clock, signal));
  if (isWarm) worker.endStart();
  return isWarm;
}

async function hasStarted(
  worker: Worker,
  settings: Settings,
  limits: WarmUpLimits,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const request = startWarmUp(settings);
  const deadline = clock.now() + startLimitSeconds(settings) * 1000;
  for (;;) {
    signal.throwIfAborted();
    if (await isWarmNow(worker, request, Math.max(1, deadline - clock.now()))) return true;
    if (clock.now() >= deadline) return false;
    await clock.sleep(limits.startPollMs, signal);
  }
}

async function answersPing(
  worker: Worker,
  request: WarmUpRequest,
  limits: WarmUpLimits,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  for (let tries = 1; tries <= limits.pingTries; tries++) {
    signal.throwIfAborted();
    const answer = await worker.ping(request.path, limits.pingTimeoutMs).catch(() => undefined);
    if (answer !== undefined) return isWarm(request, answer.status);
    if (tries < limits.pingTries) await clock.sleep(limits.pingPauseMs, signal);
  }
  return false;
}

async function isWarmNow(worker: Worker, request: WarmUpRequest, timeoutMs: number): Promise<boolean> {
  try {
    return isWarm(request, (await worker.ping(request.path, timeoutMs)).status);
  } catch {
    return false;
  }
}
