import { parseRetryAfter } from '../backoff.ts';
import { reasonOf, systemCode } from '../coded-error.ts';

/**
 * What went wrong with a request to Blob:
 * - `exists`: a blob of that name already exists;
 * - `missing`: no such blob;
 * - `range`: the requested range lies outside the blob;
 * - `changed`: the bytes that arrived do not have the announced MD5;
 * - `unavailable`: no request can succeed now (no connection, no identity, no permission, no container);
 * - `flaky`: this request failed, the next one may succeed;
 * - `rejected`: Blob refuses this request for good.
 */
export type FailureKind = 'exists' | 'missing' | 'range' | 'changed' | 'unavailable' | 'flaky' | 'rejected';

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

const UNAVAILABLE_CODES =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_)/;
const RETRIED_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Classifies an error of the Blob client by what it means for the file and for the next request. */
export function blobFailure(error: unknown, nowMs: number): BlobFailure {
  if (error instanceof BlobFailure) return error;
  const status = statusOf(error);
  const code = serviceCode(error);
  const words = code === '' ? reasonOf(error) : code;
  if (status === undefined) return connectionFailure(error, words);
  const message = `${status} ${firstLine(words)}`;
  if (code === 'ContainerNotFound' || code === 'ContainerBeingDeleted' || code === 'AccountIsDisabled') {
    return new BlobFailure('unavailable', message, undefined, error);
  }
  if (status === 409 || status === 412) return new BlobFailure('exists', message, undefined, error);
  if (status === 404) return new BlobFailure('missing', message, undefined, error);
  if (status === 416) return new BlobFailure('range', message, undefined, error);
  if (status === 401 || status === 403) return new BlobFailure('unavailable', message, undefined, error);
  if (code === 'Md5Mismatch') return new BlobFailure('changed', message, undefined, error);
  if (RETRIED_STATUS.has(status)) return new BlobFailure('flaky', message, retryAfterOf(error, nowMs), error);
  return new BlobFailure('rejected', message, undefined, error);
}

function connectionFailure(error: unknown, words: string): BlobFailure {
  const name = error instanceof Error ? error.name : '';
  if (name === 'CredentialUnavailableError' || name === 'AuthenticationRequiredError') {
    return new BlobFailure('unavailable', `no token for Blob: ${firstLine(words)}`, undefined, error);
  }
  const kind = UNAVAILABLE_CODES.test(systemCode(error)) ? 'unavailable' : 'flaky';
  return new BlobFailure(kind, firstLine(words), undefined, error);
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** The header `x-ms-error-code` is also present when the answer has no body, as with HEAD. */
function serviceCode(error: unknown): string {
  const header = headerOf(error, 'x-ms-error-code');
  if (header !== undefined && header !== '') return header;
  return statusOf(error) === undefined ? '' : systemCode(error);
}

function retryAfterOf(error: unknown, nowMs: number): number | undefined {
  return parseRetryAfter(headerOf(error, 'retry-after'), nowMs);
}

function headerOf(error: unknown, name: string): string | undefined {
  if (typeof error !== 'object' || error === null || !('response' in error)) return undefined;
  const response = error.response;
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const headers = response.headers;
  if (typeof headers !== 'object' || headers === null || !('get' in headers)) return undefined;
  const get = headers.get;
  if (typeof get !== 'function') return undefined;
  const value: unknown = get.call(headers, name);
  return typeof value === 'string' ? value : undefined;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 300) ?? '';
}
