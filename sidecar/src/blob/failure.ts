import type { IncomingHttpHeaders } from 'node:http';
import { parseRetryAfter } from '../backoff.ts';
import { reasonOf, systemCode } from '../codedError.ts';

/**
 * What went wrong with a request to Blob:
 * - `exists`: a blob of that name is there already;
 * - `missing`: no such blob;
 * - `range`: the range asked for lies outside the blob;
 * - `changed`: the bytes that arrived are not those announced;
 * - `away`: nothing can be done with Blob now (no connection, no identity, no permission, no container);
 * - `flaky`: this request failed, the next may not;
 * - `rejected`: Blob will not take this one.
 */
export type FailureKind = 'exists' | 'missing' | 'range' | 'changed' | 'away' | 'flaky' | 'rejected';

export class BlobFailure extends Error {
  readonly kind: FailureKind;
  readonly retryAfterMs: number | undefined;

  constructor(kind: FailureKind, message: string, retryAfterMs?: number, cause?: unknown) {
    super(message, { cause });
    this.name = 'BlobFailure';
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

const AWAY_CODES =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_)/;
const RETRIED_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What an answer that is no success means for the file and for the next request. */
export function refusal(status: number, headers: IncomingHttpHeaders, nowMs: number): BlobFailure {
  // The header is there also when the answer has no body, as with HEAD.
  const code = String(headers['x-ms-error-code'] ?? '');
  const message = `${status} ${code}`.trimEnd();
  if (code === 'ContainerNotFound' || code === 'ContainerBeingDeleted' || code === 'AccountIsDisabled') {
    return new BlobFailure('away', message);
  }
  if (status === 409 || status === 412) return new BlobFailure('exists', message);
  if (status === 404) return new BlobFailure('missing', message);
  if (status === 416) return new BlobFailure('range', message);
  if (status === 401 || status === 403) return new BlobFailure('away', message);
  if (code === 'Md5Mismatch') return new BlobFailure('changed', message);
  if (RETRIED_STATUS.has(status)) {
    return new BlobFailure('flaky', message, parseRetryAfter(headers['retry-after'], nowMs));
  }
  return new BlobFailure('rejected', message);
}

/** What it means that no answer came. */
export function blobFailure(error: unknown): BlobFailure {
  if (error instanceof BlobFailure) return error;
  const kind = AWAY_CODES.test(systemCode(error)) ? 'away' : 'flaky';
  return new BlobFailure(kind, firstLine(reasonOf(error)), undefined, error);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 300) ?? '';
}
