import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { type RegionBed, sha256 } from '../../testbed/region-bed.ts';

export function describeImages(bed: () => RegionBed): void {
  describe('an image made through the application', () => {
    test('is durable when the answer comes, readable at its URL, and the same in Blob by MD5', async () => {
      const { status, image } = await bed().makeImage();
      expect({ status, durable: image.durable }).toEqual({ status: 201, durable: true });
      expect(await bed().read(image.url)).toEqual({ status: 200, sha256: image.sha256 });
      const blob = (await bed().region.media()).getBlobClient(image.name);
      const bytes = await blob.downloadToBuffer();
      const { contentMD5 } = await blob.getProperties();
      expect(sha256(bytes)).toBe(image.sha256);
      expect(Buffer.from(contentMD5 ?? []).toString('hex')).toBe(createHash('md5').update(bytes).digest('hex'));
    });

    test('while Blob is unavailable stays readable, and is in Blob once that is back', async () => {
      const { servers } = await bed().region.status();
      process.kill(servers.blob ?? 0, 'SIGKILL');
      await eventually(
        'the sidecar knows that Blob is unavailable',
        async () => !(await bed().makeImage()).image.durable,
      );
      const { status, image } = await bed().makeImage();
      expect({ status, durable: image.durable }).toEqual({ status: 201, durable: false });
      expect(await bed().read(image.url)).toEqual({ status: 200, sha256: image.sha256 });
      expect((await bed().region.status()).servers.blob).toBeNull();
      await bed().start();
      await eventually('the image is in Blob', () => bed().isInBlob(image.name));
    });
  });
}
