import { untilTrue } from '../lib/until.ts';

/** No assertion of speed: what is waited for takes a moment, also on a machine that is busy with other things. */
const limitMs = 90_000;
const pollMs = 20;

/** Waits for a condition; what it waited for is the failure's message. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  if (!(await untilTrue({ limitMs, pollMs }, holds))) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
}
