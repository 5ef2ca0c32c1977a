import { buffer } from 'node:stream/consumers';
import type { BlobClient } from '@azure/storage-blob';

/**
 * The text of a blob and its ETag from one request, so that they are one state of it. `downloadToBuffer` asks for the length first and for
 * the content then, and mixes two states when the blob is written in between.
 */
export async function readText(blob: BlobClient): Promise<{ readonly text: string; readonly etag: string }> {
  const { readableStreamBody, etag = '' } = await blob.download();
  const text = readableStreamBody === undefined ? '' : (await buffer(readableStreamBody)).toString('utf8');
  return { text, etag };
}
