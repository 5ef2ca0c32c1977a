import { createHash } from 'node:crypto';
import { eventually } from './eventually.ts';
import type { TestRegion } from './region.ts';

export interface MadeImage {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  readonly durable: boolean;
}

export async function makeImage(region: TestRegion): Promise<{ readonly status: number; readonly image: MadeImage }> {
  const { production } = await region.connection();
  const answer = await fetch(`${production}/api/generate-image`, { method: 'POST' });
  return { status: answer.status, image: (await answer.json()) as MadeImage };
}

/** What the URL gives, to be compared with `{ status: 200, sha256 }` of the image that was made. */
export async function readImage(region: TestRegion, url: string): Promise<{ status: number; sha256: string }> {
  const { production } = await region.connection();
  const answer = await fetch(`${production}${url}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** One whose answer said that it is in Blob, as it does unless the machine is so busy that the application stops waiting. */
export async function makeDurableImage(region: TestRegion): Promise<MadeImage> {
  let durable: MadeImage | undefined;
  await eventually('an image is in Blob when the answer comes', async () => {
    const { image } = await makeImage(region);
    if (image.durable) durable = image;
    return durable !== undefined;
  });
  if (durable === undefined) throw new Error('no image is in Blob when the answer comes');
  return durable;
}
