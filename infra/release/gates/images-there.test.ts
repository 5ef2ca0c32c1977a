import { expect, test } from '@jest/globals';
import type { ImageState } from '../target/target.ts';
import { imagesThere } from './images-there.ts';

const image = `registry.example/sidecar@sha256:${'a'.repeat(64)}`;
const configuration = { settings: {}, siteContainers: [{ name: 'sidecar', properties: { image } }] };

function check(state: ImageState) {
  return imagesThere.check({ registry: { imageState: async () => state }, configuration });
}

test('an image that the registry has passes', async () => {
  expect(await check('there')).toBeUndefined();
});

test('one that is gone is refused by its name', async () => {
  await expect(check('gone')).rejects.toMatchObject({
    code: 'SLIP-RELEASE-IMAGE-GONE',
    detail: { found: expect.stringContaining(image) },
  });
});

test('a registry that cannot be asked is said, and refuses nothing', async () => {
  expect(await check('unknown')).toMatch(/does not say/);
});
