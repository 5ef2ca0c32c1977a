import { type Clock, monotonicClock } from '../../lib/clock.ts';

const PAUSE_IN_POLLS = 5;
const LIMIT_IN_POLLS = 60;

/**
 * Calls again while the management plane works on the site for a call before, or has too much to do; the client itself
 * tries for some seconds. A swap is nothing to wait for here: after it the slots hold something else.
 */
export async function whileBusy<T>(pollMs: number, call: () => Promise<T>, clock: Clock = monotonicClock): Promise<T> {
  const latest = clock.now() + LIMIT_IN_POLLS * pollMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isBusy(error) || clock.now() > latest) throw error;
      await clock.sleep(PAUSE_IN_POLLS * pollMs);
    }
  }
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { statusCode } = error as { statusCode?: number };
  if (statusCode === 409) return /is in progress/i.test(error.message) && !/swap/i.test(error.message);
  return statusCode !== undefined && [429, 502, 503, 504].includes(statusCode);
}
