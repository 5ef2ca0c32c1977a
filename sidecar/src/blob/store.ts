import type { Readable } from 'node:stream';

/** The properties of a blob. */
export interface BlobFacts {
  readonly length: number;
  /** Undefined when the uploader sent no MD5 and Blob computed none. */
  readonly md5: Buffer | undefined;
  readonly etag: string | undefined;
  /** The id of the outbox that the blob was made from, when the sidecar noted it. */
  readonly madeBy: string | undefined;
}

export interface NewBlob {
  readonly name: string;
  readonly length: number;
  readonly md5: Buffer;
  readonly contentType: string;
  /** The bytes, or a function that opens a stream of them. */
  readonly body: Buffer | (() => Readable);
  /** The id of the outbox, kept in the blob's metadata. */
  readonly madeBy?: string;
  /** Replaces exactly the blob with this ETag. Without it the name has to be free. */
  readonly replaces?: string;
}

export interface Put {
  readonly etag: string;
  /** The MD5 that Blob computed over what it stored. */
  readonly md5: Buffer | undefined;
}

export interface Download {
  readonly partial: boolean;
  readonly length: number;
  readonly totalLength: number;
  readonly contentType: string;
  readonly contentRange: string | undefined;
  readonly etag: string | undefined;
  readonly md5: Buffer | undefined;
  readonly lastModified: Date | undefined;
  readonly body: Readable;
}

export interface ByteRange {
  readonly offset: number;
  /** The range reaches to the end of the blob when this is undefined. */
  readonly count?: number;
}

/** The operations on Blob that the sidecar uses. Each one throws BlobFailure and nothing else. */
export interface BlobStore {
  /** Creates or replaces a blob. Fails with `exists` when the name is taken, or by another blob than the one to replace. */
  put(blob: NewBlob, signal: AbortSignal): Promise<Put>;
  head(name: string, signal: AbortSignal): Promise<BlobFacts & { contentType: string; lastModified: Date | undefined }>;
  get(name: string, range: ByteRange | undefined, signal: AbortSignal): Promise<Download>;
  /** Removes the blob only if it has this ETag. */
  remove(name: string, etag: string, signal: AbortSignal): Promise<void>;
  /** Sends a cheap request that shows whether Blob answers. */
  probe(signal: AbortSignal): Promise<void>;
}
