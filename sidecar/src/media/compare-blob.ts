import { createHash } from 'node:crypto';
import type { BlobCircuitBreaker } from '../blob/circuit-breaker.ts';
import { BlobFailure } from '../blob/failure.ts';
import type { BlobStore } from '../blob/store.ts';

/** Has the blob exactly these contents? Throws BlobFailure, `missing` when there is no such blob. */
export async function blobHas(
  breaker: BlobCircuitBreaker,
  store: BlobStore,
  name: string,
  length: number,
  md5: Buffer,
): Promise<boolean> {
  const facts = await breaker.request((signal) => store.head(name, signal));
  if (facts.length !== length) return false;
  return (facts.md5 ?? (await digestOfBlob(breaker, store, name))).equals(md5);
}

/** Blobs that other tools put together from blocks have no MD5: then there is no way but to read them. */
async function digestOfBlob(breaker: BlobCircuitBreaker, store: BlobStore, name: string): Promise<Buffer> {
  return breaker.request(async (signal, onProgress) => {
    const download = await store.get(name, undefined, signal);
    const hash = createHash('md5');
    const stop = (): void => void download.body.destroy(new BlobFailure('flaky', 'given up while reading'));
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const chunk of download.body) {
        onProgress();
        hash.update(chunk);
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
    return hash.digest();
  });
}
