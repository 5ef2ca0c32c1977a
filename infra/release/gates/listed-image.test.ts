import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { WebSlot } from '../appservice/web-slot.ts';
import { listedImage } from './listed-image.ts';

const sha256 = createHash('sha256').update('bytes').digest('hex');

interface Application {
  readonly status?: number;
  /** What its URL gives. */
  readonly served?: { readonly sha256: string } | { readonly status: number | undefined };
  /** Questions after which the row has reached the database. */
  readonly listedAfter?: number;
  /** Images that visitors make meanwhile. */
  readonly newer?: number;
}

function check({ status = 201, served = { sha256 }, listedAfter = 0, newer = 0 }: Application, settleMs = 0) {
  let asked = 0;
  const others = Array.from({ length: newer }, (_, number) => ({ name: `other-${number}` }));
  const slot = {
    ask: async (path: string, { method = 'GET' } = {}) => {
      if (method === 'POST') return { status, text: JSON.stringify({ name: 'it.png', url: '/media/it.png', sha256 }) };
      const items = [...others, ...(asked++ >= listedAfter ? [{ name: 'it.png' }] : [])];
      const from = Number(new URL(path, 'https://s').searchParams.get('cursor') ?? 0);
      const nextCursor = items.length > from + 100 ? String(from + 100) : null;
      return { status: 200, text: JSON.stringify({ items: items.slice(from, from + 100), nextCursor }) };
    },
    sha256: async () => served,
  };
  return listedImage.check({ slot: slot as unknown as WebSlot, settleMs, pollMs: 1 });
}

test('an image that is whole at its URL and in the listing passes, also behind those of visitors', async () => {
  expect(await check({})).toBeUndefined();
  expect(await check({ newer: 250 })).toBeUndefined();
});

test('a row that reaches the database a moment later passes', async () => {
  expect(await check({ listedAfter: 3 }, 60_000)).toBeUndefined();
});

test.each([
  { what: 'cannot be made', application: { status: 503 }, found: 'making one answers 503' },
  { what: 'was never written', application: { served: { status: 404 } }, found: 'its URL /media/it.png gives 404' },
  { what: 'comes back with other bytes', application: { served: { sha256: 'x' } }, found: 'gives other bytes' },
  { what: 'is not listed', application: { listedAfter: 1000 }, found: 'its row has not reached the database' },
])('an image that $what is refused', async ({ application, found }) => {
  await expect(check(application)).rejects.toMatchObject({
    code: 'SLIP-RELEASE-IMAGE',
    detail: { found: expect.stringContaining(found) },
  });
});
