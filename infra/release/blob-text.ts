import { buffer } from 'node:stream/consumers';
import type { BlobClient } from '@azure/storage-blob';

/**
 * The text of a blob from one request, so that it is one state of it. `downloadToBuffer` asks for the length first and for
 * the content then, and mixes two states when the blob is written in between.
 */
export async function readText(blob: BlobClient): Promise<string> {
  const { readableStreamBody } = await blob.download();
  return readableStreamBody === undefined ? '' : (await buffer(readableStreamBody)).toString('utf8');
}
