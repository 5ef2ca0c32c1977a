import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface MeasuredFile {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Writes what a chain of streams gives to a file of mode 0600, and measures it on the way. */
export async function writeMeasuredFile(
  file: string,
  ...chain: readonly (NodeJS.ReadableStream | NodeJS.ReadWriteStream)[]
): Promise<MeasuredFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline([...chain, measure, createWriteStream(file, { mode: 0o600 })]);
  return { bytes, sha256: hash.digest('hex') };
}
