import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { BlobCircuitBreaker } from '../blob/circuit-breaker.ts';
import { BlobFailure } from '../blob/failure.ts';
import type { BlobStore, ByteRange } from '../blob/store.ts';
import { pathProblem } from '../media/names.ts';
import { sendJson } from './respond.ts';

export interface ReadThroughOptions {
  readonly store: BlobStore;
  readonly breaker: BlobCircuitBreaker;
}

/** `GET` and `HEAD /blob/<name>`: the bytes of a blob, or a single range of them. */
export async function readThrough(
  options: ReadThroughOptions,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): Promise<void> {
  const problem = pathProblem(name);
  if (problem !== undefined) return sendJson(response, 400, { error: problem });
  if (options.breaker.state === 'unavailable') return sendUnavailable(response, options.breaker.reason);
  try {
    if (request.method === 'HEAD') await answerHead(options, response, name);
    else await answerGet(options, request, response, name);
  } catch (error) {
    answerFailure(response, error);
  }
}

async function answerHead(options: ReadThroughOptions, response: ServerResponse, name: string): Promise<void> {
  const facts = await options.breaker.request((signal) => options.store.head(name, signal));
  response.writeHead(200, { ...commonHeaders(facts), 'content-length': facts.length });
  response.end();
}

async function answerGet(
  options: ReadThroughOptions,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): Promise<void> {
  const range = await rangeOf(options, request.headers.range, name);
  if (range === 'unsatisfiable') throw new BlobFailure('range', 'an empty range');
  await options.breaker.request(async (signal, onProgress) => {
    const download = await options.store.get(name, range, signal);
    const partial = range !== undefined && download.contentRange !== undefined;
    const headers: Record<string, string | number> = { ...commonHeaders(download), 'content-length': download.length };
    if (partial && download.contentRange !== undefined) headers['content-range'] = download.contentRange;
    response.writeHead(partial ? 206 : 200, headers);
    download.body.on('data', onProgress);
    // A client that reads slowly is not a stall of Blob's.
    response.on('drain', onProgress);
    try {
      await pipeline(download.body, response, { signal });
    } catch (error) {
      // The client has gone, or part of the body has been sent. In both cases only the connection can be closed.
      response.destroy();
      if (signal.aborted) throw error;
    }
  });
}

async function rangeOf(
  options: ReadThroughOptions,
  header: string | undefined,
  name: string,
): Promise<ByteRange | undefined | 'unsatisfiable'> {
  const asked = parseRange(header);
  if (asked.kind === 'all') return undefined;
  if (asked.kind === 'range') return asked.range;
  const { length } = await options.breaker.request((signal) => options.store.head(name, signal));
  if (asked.count === 0 || length === 0) return 'unsatisfiable';
  return { offset: Math.max(0, length - asked.count), count: Math.min(length, asked.count) };
}

function commonHeaders(facts: {
  contentType: string;
  etag: string | undefined;
  md5: Buffer | undefined;
  lastModified: Date | undefined;
}): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': facts.contentType,
    'accept-ranges': 'bytes',
    'cache-control': 'no-store',
  };
  if (facts.etag !== undefined) headers.etag = facts.etag;
  // The MD5 of the whole blob, also in the answer to a range. The name is Blob's own.
  if (facts.md5 !== undefined) headers['x-ms-blob-content-md5'] = facts.md5.toString('base64');
  if (facts.lastModified !== undefined) headers['last-modified'] = facts.lastModified.toUTCString();
  return headers;
}

function answerFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
  } else if (!(error instanceof BlobFailure)) {
    sendJson(response, 500, { error: 'the blob cannot be read' });
  } else if (error.kind === 'missing') {
    sendJson(response, 404, { error: 'no such blob' });
  } else if (error.kind === 'range') {
    sendJson(response, 416, { error: 'the range lies outside the blob' });
  } else {
    sendUnavailable(response, error.message);
  }
}

function sendUnavailable(response: ServerResponse, reason: string): void {
  sendJson(response, 503, { error: 'Blob is unavailable', reason }, { 'retry-after': '1' });
}

export type RangeRequest =
  | { readonly kind: 'all' }
  | { readonly kind: 'range'; readonly range: ByteRange }
  /** The last `count` bytes. Their offset depends on the length. */
  | { readonly kind: 'last'; readonly count: number };

/** Parses a Range header. Anything but a single byte range is answered with the whole, as RFC 9110 allows. */
export function parseRange(header: string | undefined): RangeRequest {
  const match = header === undefined ? null : /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/.exec(header);
  if (match === null) return { kind: 'all' };
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return { kind: 'all' };
  if (first === '') return { kind: 'last', count: Number(last) };
  const offset = Number(first);
  if (last === '') return { kind: 'range', range: { offset } };
  if (Number(last) < offset) return { kind: 'all' };
  return { kind: 'range', range: { offset, count: Number(last) - offset + 1 } };
}
