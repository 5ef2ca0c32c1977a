import { expect, test } from '@jest/globals';
import type { SlotRequest, WebSlot } from '../appservice/web-slot.ts';
import { cacheRoundTrip } from './cache-round-trip.ts';

type Answer = { readonly status: number | undefined; readonly text?: string; readonly reason?: string };

/** A cache that works, but for the methods that are answered otherwise. */
function cache(broken: Readonly<Record<string, Answer>> = {}) {
  const held = new Map<string, string>();
  const ask = async (path: string, { method = 'GET', token, body }: SlotRequest): Promise<Answer> => {
    if (token !== 'right') return { status: 401, text: '' };
    const other = broken[method];
    if (other !== undefined) return { text: '', ...other };
    if (method === 'PUT') {
      held.set(path, JSON.stringify(body));
      return { status: 201, text: '' };
    }
    if (method === 'DELETE') return { status: held.delete(path) ? 204 : 404, text: '' };
    return { status: 200, text: held.get(path) ?? '{}' };
  };
  return { slot: { ask } as unknown as WebSlot, held };
}

test('a value that is put, read back and deleted passes, and nothing of it stays', async () => {
  const { slot, held } = cache();
  expect(await cacheRoundTrip.check({ slot, cacheToken: 'right' })).toBeUndefined();
  expect(held.size).toBe(0);
});

test.each([
  { what: 'that refuses the value', broken: { PUT: { status: 503 } }, found: 'PUT on /api/cache answers 503' },
  { what: 'that gives another value', broken: { GET: { status: 200, text: '{"value":1}' } }, found: 'GET on' },
  { what: 'that does not delete', broken: { DELETE: { status: 500 } }, found: 'DELETE on /api/cache answers 500' },
  { what: 'that is silent', broken: { PUT: { status: undefined, reason: 'ECONNREFUSED' } }, found: 'ECONNREFUSED' },
])('a cache $what is refused', async ({ broken, found }) => {
  await expect(cacheRoundTrip.check({ slot: cache(broken).slot, cacheToken: 'right' })).rejects.toMatchObject({
    code: 'SLIP-RELEASE-CACHE',
    detail: { found: expect.stringContaining(found) },
  });
});

test('a cache of another stack is refused', async () => {
  await expect(cacheRoundTrip.check({ slot: cache().slot, cacheToken: 'other' })).rejects.toThrow(/answers 401/);
});
