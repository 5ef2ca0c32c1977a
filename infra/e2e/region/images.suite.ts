import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { makeDurableImage, makeImage, readImage } from '../../testbed/made-image.ts';
import type { TestRegion } from '../../testbed/region.ts';

export function describeImages(region: () => TestRegion): void {
  describe('an image made through the application', () => {
    test('is durable when the answer comes, readable at its URL, and the same in Blob by MD5', async () => {
      const image = await makeDurableImage(region());
      expect(await readImage(region(), image.url)).toEqual({ status: 200, sha256: image.sha256 });
      const blob = (await region().media()).getBlobClient(image.name);
      const bytes = await blob.downloadToBuffer();
      const { contentMD5 } = await blob.getProperties();
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(image.sha256);
      expect(Buffer.from(contentMD5 ?? []).toString('hex')).toBe(createHash('md5').update(bytes).digest('hex'));
    });

    test('while Blob is unavailable is answered as not durable, stays readable, and gets to Blob when it is back', async () => {
      const { servers } = await region().status();
      // Azurite saves what it knows every 5 s and when it is asked to end. Killed right after a first release it would forget that.
      process.kill(servers.blob ?? 0, 'SIGTERM');
      await eventually('Blob is down', async () => (await region().status()).servers.blob === null);
      const { status, image } = await makeImage(region());
      expect({ status, durable: image.durable }).toEqual({ status: 201, durable: false });
      expect(await readImage(region(), image.url)).toEqual({ status: 200, sha256: image.sha256 });
      await region().start();
      await eventually('the image is in Blob', async () => (await region().media()).getBlobClient(image.name).exists());
    });
  });
}
