import { Readable } from 'node:stream';
import { ManagedIdentityCredential } from '@azure/identity';
import { ContainerClient, newPipeline } from '@azure/storage-blob';
import { blobFailure } from './failure.ts';
import type { BlobStore } from './store.ts';
import { undiciClient } from './undici-client.ts';

/** Names of metadata have to be identifiers of C#. */
const MADE_BY = 'slipwayoutbox';

export interface AzureStoreOptions {
  readonly endpoint: string;
  readonly container: string;
  readonly clientId: string;
}

/** Blob through the official client. The client's retries are off, because the sidecar decides when to retry a file. */
export function azureStore(options: AzureStoreOptions): BlobStore {
  const credential = new ManagedIdentityCredential({ clientId: options.clientId, retryOptions: { maxRetries: 0 } });
  const pipeline = newPipeline(credential, { retryOptions: { maxTries: 1 }, httpClient: undiciClient() });
  const base = options.endpoint.endsWith('/') ? options.endpoint : `${options.endpoint}/`;
  const container = new ContainerClient(`${base}${options.container}`, pipeline);

  return {
    put: (blob, signal) =>
      guarded(signal, async () => {
        const answer = await container.getBlockBlobClient(blob.name).upload(blob.body, blob.length, {
          abortSignal: signal,
          transactionalContentMD5: blob.md5,
          blobHTTPHeaders: { blobContentType: blob.contentType, blobContentMD5: blob.md5 },
          ...(blob.madeBy === undefined ? {} : { metadata: { [MADE_BY]: blob.madeBy } }),
          conditions: blob.replaces === undefined ? { ifNoneMatch: '*' } : { ifMatch: blob.replaces },
        });
        return { etag: answer.etag ?? '', md5: bufferOf(answer.contentMD5) };
      }),

    head: (name, signal) =>
      guarded(signal, async () => {
        const answer = await container.getBlobClient(name).getProperties({ abortSignal: signal });
        return {
          length: answer.contentLength ?? 0,
          md5: bufferOf(answer.contentMD5),
          contentType: answer.contentType ?? 'application/octet-stream',
          etag: answer.etag,
          madeBy: answer.metadata?.[MADE_BY],
          lastModified: answer.lastModified,
        };
      }),

    get: (name, range, signal) =>
      guarded(signal, async () => {
        const answer = await container
          .getBlobClient(name)
          .download(range?.offset ?? 0, range?.count, { abortSignal: signal });
        const length = answer.contentLength ?? 0;
        const total = answer.contentRange === undefined ? undefined : Number(answer.contentRange.split('/')[1]);
        return {
          partial: answer.contentRange !== undefined,
          length,
          totalLength: total ?? length,
          contentType: answer.contentType ?? 'application/octet-stream',
          contentRange: answer.contentRange,
          etag: answer.etag,
          md5: bufferOf(answer.blobContentMD5 ?? answer.contentMD5),
          lastModified: answer.lastModified,
          body: readable(answer.readableStreamBody),
        };
      }),

    remove: (name, etag, signal) =>
      guarded(signal, async () => {
        await container.getBlobClient(name).delete({ abortSignal: signal, conditions: { ifMatch: etag } });
      }),

    probe: (signal) =>
      guarded(signal, async () => {
        await container.getProperties({ abortSignal: signal });
      }),
  };
}

/**
 * Turns every error into a BlobFailure and rejects when the signal aborts. The client alone would not: it does not pass
 * the signal on to the request for a token.
 */
async function guarded<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  aborted.catch(() => undefined);
  try {
    const working = work();
    working.catch(() => undefined);
    return await Promise.race([working, aborted]);
  } catch (error) {
    throw blobFailure(signal.aborted ? signal.reason : error, Date.now());
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

function bufferOf(bytes: Uint8Array | undefined): Buffer | undefined {
  return bytes === undefined || bytes.length === 0
    ? undefined
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readable(stream: NodeJS.ReadableStream | undefined): Readable {
  if (stream === undefined) return Readable.from([]);
  return stream instanceof Readable ? stream : new Readable().wrap(stream);
}
