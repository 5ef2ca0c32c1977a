import { randomBytes } from 'node:crypto';
import { SlipError } from '../../lib/errors.ts';
import { parseObject } from '../../lib/json.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import type { Gate } from './gate.ts';

const TTL_SECONDS = 60;

export const cacheRoundTrip: Gate<{ readonly slot: WebSlot; readonly cacheToken: string }> = {
  name: 'cache-round-trip',
  async check({ slot, cacheToken: token }) {
    const key = `release-${randomBytes(8).toString('hex')}`;
    const value = { proof: randomBytes(16).toString('hex') };
    const path = `/api/cache/${key}`;
    const put = await slot.ask(path, { method: 'PUT', token, body: { value, ttl: TTL_SECONDS } });
    if (put.status !== 201) throw refused('PUT', put.status ?? put.reason, '201');
    const got = await slot.ask(path, { token });
    if (JSON.stringify(parseObject(got.text).value) !== JSON.stringify(value)) {
      throw refused('GET', got.status ?? got.reason, '200 with the value that was put');
    }
    const deleted = await slot.ask(path, { method: 'DELETE', token });
    if (deleted.status !== 204) throw refused('DELETE', deleted.status ?? deleted.reason, '204');
    return undefined;
  },
};

function refused(method: string, found: string | number | undefined, expected: string): SlipError {
  return new SlipError('SLIP-RELEASE-CACHE', {
    found: `${method} on /api/cache answers ${found ?? 'nothing'}`,
    expected,
    fix: 'is Redis up, and is CACHE_API_TOKEN the token of this stack? See the staging slot’s logs',
  });
}
