import { untilTrue } from '../lib/until.ts';

/** No assertion of speed: what is waited for takes a moment, also on a machine that is busy with other things. */
const LIMIT_MS = 90_000;
const POLL_MS = 20;

/** Waits for a condition; what it waited for is the failure's message. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  if (!(await untilTrue({ limitMs: LIMIT_MS, pollMs: POLL_MS }, holds)))
    throw new Error(`not within ${LIMIT_MS / 1000} s: ${what}`);
}
