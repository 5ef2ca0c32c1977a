import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import * as defaults from '../defaults.ts';

/** The contents of a file after one read. Small contents are kept; large ones have to be read again. */
export interface Contents {
  readonly md5: Buffer;
  readonly head: Buffer;
  /** The bytes when the file fits into the buffer. */
  readonly bytes: Buffer | undefined;
}

type Reader = Pick<FileHandle, 'read'>;

export function md5Of(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}

/** Reads exactly `size` bytes, into `buffer` when they fit. Undefined when the file has become shorter. */
export async function readContents(
  file: Reader,
  size: number,
  headBytes: number,
  buffer: Buffer,
): Promise<Contents | undefined> {
  if (size > buffer.length) return digest(file, size, headBytes);
  const bytes = buffer.subarray(0, size);
  if ((await fill(file, bytes, size, 0)) < size) return undefined;
  return { md5: md5Of(bytes), head: bytes.subarray(0, headBytes), bytes };
}

/**
 * Streams the file and hashes it again on the way. The stream fails before its end when the bytes do not have `md5`, so
 * that the request is aborted instead of storing unverified bytes.
 */
export function checkedStream(file: Reader, size: number, md5: Buffer, onProgress: () => void): Readable {
  return Readable.from(checkedChunks(file, size, md5, onProgress), {
    objectMode: false,
    highWaterMark: defaults.STREAM_CHUNK_BYTES,
  });
}

async function* checkedChunks(file: Reader, size: number, md5: Buffer, onProgress: () => void): AsyncGenerator<Buffer> {
  const hash = createHash('md5');
  let position = 0;
  while (position < size) {
    const chunk = Buffer.allocUnsafeSlow(Math.min(defaults.STREAM_CHUNK_BYTES, size - position));
    const count = await fill(file, chunk, chunk.length, position);
    position += count;
    hash.update(chunk);
    const last = position >= size;
    if (count < chunk.length || (last && !hash.digest().equals(md5)))
      throw new Error('the file changed while it was read');
    onProgress();
    yield chunk;
  }
}

/** Hashes a file in chunks without keeping its bytes. */
export async function digest(file: Reader, size: number, headBytes = 0): Promise<Contents | undefined> {
  const hash = createHash('md5');
  const chunk = Buffer.allocUnsafeSlow(Math.min(defaults.STREAM_CHUNK_BYTES, size));
  let head = Buffer.alloc(0);
  let position = 0;
  while (position < size) {
    const count = await fill(file, chunk, Math.min(chunk.length, size - position), position);
    if (count === 0) return undefined;
    const part = chunk.subarray(0, count);
    if (position === 0) head = Buffer.from(part.subarray(0, headBytes));
    hash.update(part);
    position += count;
  }
  return { md5: hash.digest(), head, bytes: undefined };
}

async function fill(file: Reader, into: Buffer, wanted: number, position: number): Promise<number> {
  let filled = 0;
  while (filled < wanted) {
    const { bytesRead } = await file.read(into, filled, wanted - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
