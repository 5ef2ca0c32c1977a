import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { BlobFailure } from '../src/blob/failure.ts';
import type { BlobStore, NewBlob } from '../src/blob/store.ts';

/** A Blob in memory that can be made to do things at the worst moment. */
export class MemoryStore implements BlobStore {
  readonly blobs = new Map<string, Buffer>();
  /** The outbox that each blob was made from. */
  readonly madeBy = new Map<string, string>();
  /** Runs after the bytes of a put have arrived, before they are stored. */
  duringPut: (blob: NewBlob) => Promise<void> | void = () => undefined;
  /** Runs after they are stored, before the answer. */
  afterPut: (blob: NewBlob) => Promise<void> | void = () => undefined;
  answersMd5 = true;
  puts = 0;

  async put(blob: NewBlob): Promise<{ etag: string; md5: Buffer | undefined }> {
    this.puts += 1;
    const parts: Buffer[] = [];
    if (Buffer.isBuffer(blob.body)) parts.push(Buffer.from(blob.body));
    else for await (const part of blob.body()) parts.push(part as Buffer);
    const bytes = Buffer.concat(parts);
    await this.duringPut(blob);
    const present = this.blobs.get(blob.name);
    const expected = blob.replaces;
    if (expected === undefined ? present !== undefined : present === undefined || etagOf(present) !== expected)
      throw new BlobFailure('exists', expected === undefined ? '409 BlobAlreadyExists' : '412 ConditionNotMet');
    if (!md5Of(bytes).equals(blob.md5)) throw new BlobFailure('changed', '400 Md5Mismatch');
    this.blobs.set(blob.name, bytes);
    if (blob.madeBy === undefined) this.madeBy.delete(blob.name);
    else this.madeBy.set(blob.name, blob.madeBy);
    await this.afterPut(blob);
    return { etag: etagOf(bytes), md5: this.answersMd5 ? md5Of(bytes) : undefined };
  }

  async head(name: string) {
    const bytes = this.#find(name);
    return {
      length: bytes.length,
      md5: md5Of(bytes),
      contentType: 'x/y',
      etag: etagOf(bytes),
      madeBy: this.madeBy.get(name),
      lastModified: undefined,
    };
  }

  async get(name: string) {
    const bytes = this.#find(name);
    const facts = await this.head(name);
    return {
      ...facts,
      partial: false,
      totalLength: bytes.length,
      contentRange: undefined,
      body: Readable.from([bytes]),
    };
  }

  async remove(name: string, etag: string): Promise<void> {
    if (etagOf(this.#find(name)) !== etag) throw new BlobFailure('exists', '412 ConditionNotMet');
    this.blobs.delete(name);
  }

  async probe(): Promise<void> {}

  #find(name: string): Buffer {
    const bytes = this.blobs.get(name);
    if (bytes === undefined) throw new BlobFailure('missing', '404 BlobNotFound');
    return bytes;
  }
}

function md5Of(bytes: Buffer): Buffer {
  return createHash('md5').update(bytes).digest();
}

function etagOf(bytes: Buffer): string {
  return `"${md5Of(bytes).toString('hex')}"`;
}
