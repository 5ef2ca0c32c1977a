import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { BlobCircuitBreaker } from '../blob/circuit-breaker.ts';
import { BlobFailure } from '../blob/failure.ts';
import type { BlobFacts, BlobStore, Put } from '../blob/store.ts';
import { contentType } from './content-type.ts';
import { type Contents, checkedStream } from './digest.ts';

/** Blob, through the circuit breaker. */
export interface BlobAccess {
  readonly breaker: BlobCircuitBreaker;
  readonly store: BlobStore;
}

/** The contents of an open file, as they were read. */
export interface FileContents {
  readonly name: string;
  readonly file: FileHandle;
  readonly length: number;
  readonly contents: Contents;
}

export interface UploadOptions {
  /** Marks the blob as made from this outbox, so that it may be replaced when its file changes. */
  readonly madeBy?: string;
  /** Replaces the blob with this ETag. Without it the name has to be free. */
  readonly replaces?: string;
}

/** Uploads the contents and verifies the MD5 that Blob computed. */
export async function upload(
  { breaker, store }: BlobAccess,
  { name, file, length, contents }: FileContents,
  options: UploadOptions = {},
): Promise<Put> {
  const { md5, bytes, head } = contents;
  const put = await breaker.request((signal, onProgress) =>
    store.put(
      {
        name,
        length,
        md5,
        contentType: contentType(head),
        body: bytes ?? (() => checkedStream(file, length, md5, onProgress)),
        ...options,
      },
      signal,
    ),
  );
  // Put Blob answers with the MD5 of what it stored. When the answer has none, Blob is asked for length and MD5.
  const verified = put.md5?.equals(md5) ?? (await blobHas({ breaker, store }, name, length, md5));
  if (!verified) throw new BlobFailure('changed', 'Blob answered with another MD5 than that of the file');
  return put;
}

/** True when the blob has exactly these contents. Throws BlobFailure, `missing` when there is no such blob. */
export async function blobHas(access: BlobAccess, name: string, length: number, md5: Buffer): Promise<boolean> {
  const facts = await access.breaker.request((signal) => access.store.head(name, signal));
  return matches(access, name, facts, length, md5);
}

/** The same, for a blob whose properties are known. */
export async function matches(
  access: BlobAccess,
  name: string,
  facts: BlobFacts,
  length: number,
  md5: Buffer,
): Promise<boolean> {
  if (facts.length !== length) return false;
  return (facts.md5 ?? (await digestOfBlob(access, name))).equals(md5);
}

/** Blobs that other tools committed from blocks have no MD5, so their bytes have to be read. */
async function digestOfBlob({ breaker, store }: BlobAccess, name: string): Promise<Buffer> {
  return breaker.request(async (signal, onProgress) => {
    const download = await store.get(name, undefined, signal);
    const hash = createHash('md5');
    const stop = (): void => void download.body.destroy(new BlobFailure('flaky', 'aborted while the blob was read'));
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
