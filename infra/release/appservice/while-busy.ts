import { setTimeout as pause } from 'node:timers/promises';

const pauseInPolls = 5;
const limitInPolls = 60;

/**
 * Calls again while the management plane works on the site for a call before, or has too much to do; the client itself
 * tries for some seconds. A swap is nothing to wait for here: after it the slots hold something else.
 */
export async function whileBusy<T>(pollMs: number, call: () => Promise<T>): Promise<T> {
  const latest = performance.now() + limitInPolls * pollMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isBusy(error) || performance.now() > latest) throw error;
      await pause(pauseInPolls * pollMs);
    }
  }
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { statusCode } = error as { statusCode?: number };
  if (statusCode === 409) return /is in progress/i.test(error.message) && !/swap/i.test(error.message);
  return statusCode !== undefined && [429, 502, 503, 504].includes(statusCode);
}
