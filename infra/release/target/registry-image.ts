import { headManifest } from '../../azure/image/tagged-digest.ts';
import type { ImageState } from './target.ts';

/** Whether a registry has an image `server/repository@sha256:…`. Without an answer, or the right to ask, it is unknown. */
export async function registryImage(
  image: string,
  token: () => Promise<string>,
  scheme: 'https' | 'http' = 'https',
): Promise<ImageState> {
  const [, server, repository, digest] = /^([^/]+)\/(.+)@(sha256:[0-9a-f]{64})$/.exec(image) ?? [];
  if (server === undefined || repository === undefined || digest === undefined) return 'unknown';
  try {
    const { status } = await headManifest({ registryUrl: `${scheme}://${server}`, repository, token }, digest);
    return status === 200 ? 'there' : status === 404 ? 'gone' : 'unknown';
  } catch {
    return 'unknown';
  }
}
