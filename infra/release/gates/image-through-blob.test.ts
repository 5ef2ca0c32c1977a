import { expect, test } from '@jest/globals';
import type { WebSlot } from '../appservice/web-slot.ts';
import { imageThroughBlob } from './image-through-blob.ts';

const made = { url: '/media/_probe/it.png', sha256: 'hash', durable: true, readBack: true };

function check(probe: object, served: object = { sha256: 'hash' }, status = 201) {
  const ask = async () => ({ status, text: JSON.stringify(probe) });
  const slot = { ask, sha256: async () => served } as unknown as WebSlot;
  return imageThroughBlob.check({ slot, releaseToken: 'right' });
}

test('a probe image that comes back from Blob and at its URL passes', async () => {
  expect(await check(made)).toBeUndefined();
});

test.each([
  { what: 'cannot be made', ended: () => check({}, {}, 503), found: 'making one answers 503' },
  { what: 'is not in Blob', ended: () => check({ ...made, durable: false }), found: 'is not in Blob' },
  { what: 'is not whole in Blob', ended: () => check({ ...made, readBack: false }), found: 'not read back' },
  { what: 'is gone at its URL', ended: () => check(made, { status: 404 }), found: 'status 404' },
  { what: 'has other bytes there', ended: () => check(made, { sha256: 'x' }), found: 'other bytes' },
])('a probe image that $what is refused', async ({ ended, found }) => {
  await expect(ended()).rejects.toMatchObject({
    code: 'SLIP-RELEASE-IMAGE',
    detail: { found: expect.stringContaining(found) },
  });
});
