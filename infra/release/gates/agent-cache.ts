import { SlipError } from '../../lib/errors.ts';
import { parseObject } from '../../lib/json.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import type { Gate } from './gate.ts';

const CACHE_TIMEOUT_MS = 10_000;

/** The agent writes a key to Redis and reads it back, where an application declares that it uses Redis. */
export const agentCache: Gate<{ readonly slot: WebSlot; readonly releaseToken: string }> = {
  name: 'agent-cache',
  async check({ slot, releaseToken: token }) {
    const { status, text, reason } = await slot.ask('/_slipway/release/cache', {
      method: 'POST',
      token,
      timeoutMs: CACHE_TIMEOUT_MS,
    });
    // 404: the application declares no use of Redis.
    if (status === 200 || status === 404) return undefined;
    throw new SlipError('SLIP-RELEASE-CACHE', {
      found: `a round trip through Redis: ${parseObject(text).detail ?? `status ${status ?? `none (${reason})`}`}`,
      expected: 'a key that is written and read back',
      fix: 'see ./slipway status for Redis, and the slot’s settings REDIS_*',
    });
  },
};
