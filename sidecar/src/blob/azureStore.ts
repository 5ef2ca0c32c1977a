import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { blobFailure, refusal } from './failure.ts';
import { type IdentityOptions, ManagedIdentity } from './managedIdentity.ts';
import type { BlobStore, ByteRange } from './store.ts';

export interface AzureStoreOptions {
  readonly endpoint: string;
  readonly container: string;
  readonly identity: IdentityOptions;
}

type Headers = Readonly<Record<string, string | number>>;

interface Call {
  readonly method: 'PUT' | 'HEAD' | 'GET' | 'DELETE';
  /** Below the container. */
  readonly path: string;
  readonly headers: Headers;
  readonly body?: Buffer | (() => Readable);
}

const API_VERSION = '2024-11-04';

/**
 * The five requests to Blob that the sidecar makes, https://learn.microsoft.com/rest/api/storageservices/. By hand: the
 * official client takes more processor time for an upload than all the rest of it, and nearly all of a start.
 */
export function azureStore(options: AzureStoreOptions): BlobStore {
  const identity = new ManagedIdentity(options.identity);
  const { nowMs } = options.identity;
  const { hostname, port, pathname } = new URL(options.endpoint);
  const container = `${pathname.replace(/\/$/, '')}/${options.container}`;
  const agent = new Agent({ keepAlive: true });

  const answerTo = (call: Call, token: string, signal: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { method, body } = call;
      const headers = { authorization: `Bearer ${token}`, 'x-ms-version': API_VERSION, ...call.headers };
      const path = `${container}${call.path}`;
      const sent = request({ hostname, port, path, method, headers, agent, signal }, resolve);
      sent.on('error', reject);
      if (typeof body === 'function') pipeline(body(), sent, (error) => error && reject(error));
      else sent.end(body);
    });

  const tokenFor = (signal: AbortSignal): string | Promise<string> => {
    const token = identity.token();
    return typeof token === 'string' ? token : unless(signal, token);
  };

  /** The answer, when it is a success; its body is for the caller to read. */
  const exchange = async (call: Call, signal: AbortSignal): Promise<IncomingMessage> => {
    try {
      const answer = await answerTo(call, await tokenFor(signal), signal);
      const status = answer.statusCode ?? 0;
      if (status >= 200 && status < 300) return answer;
      answer.resume();
      if (status === 401) identity.forget();
      throw refusal(status, answer.headers, nowMs());
    } catch (error) {
      throw blobFailure(signal.aborted ? signal.reason : error);
    }
  };

  /** Only the headers are of interest. */
  const headersOf = async (call: Call, signal: AbortSignal): Promise<IncomingHttpHeaders> => {
    const answer = await exchange(call, signal);
    answer.resume();
    return answer.headers;
  };

  return {
    put: async ({ name, body, length, md5, contentType }, signal) => {
      const sum = md5.toString('base64');
      const headers = {
        'x-ms-blob-type': 'BlockBlob',
        'x-ms-blob-content-type': contentType,
        'x-ms-blob-content-md5': sum,
        'content-md5': sum,
        'content-length': length,
        'if-none-match': '*',
      };
      const answer = await headersOf({ method: 'PUT', path: pathOf(name), headers, body }, signal);
      return { etag: answer.etag ?? '', md5: bytesOf(answer['content-md5']) };
    },

    head: async (name, signal) => factsOf(await headersOf({ method: 'HEAD', path: pathOf(name), headers: {} }, signal)),

    get: async (name, range, signal) => {
      const headers: Headers = range === undefined ? {} : { range: rangeText(range) };
      const body = await exchange({ method: 'GET', path: pathOf(name), headers }, signal);
      return { ...factsOf(body.headers), contentRange: body.headers['content-range'], body };
    },

    remove: async (name, etag, signal) => {
      await headersOf({ method: 'DELETE', path: pathOf(name), headers: { 'if-match': etag } }, signal);
    },

    probe: async (signal) => {
      await headersOf({ method: 'HEAD', path: '?restype=container', headers: {} }, signal);
    },
  };
}

function pathOf(name: string): string {
  return `/${name.split('/').map(encodeURIComponent).join('/')}`;
}

function rangeText({ offset, count }: ByteRange): string {
  return `bytes=${offset}-${count === undefined ? '' : offset + count - 1}`;
}

function factsOf(headers: IncomingHttpHeaders) {
  const modified = headers['last-modified'];
  return {
    length: Number(headers['content-length'] ?? 0),
    // With a range the one is the sum of the whole blob, and the other that of the range.
    md5: bytesOf(headers['x-ms-blob-content-md5'] ?? headers['content-md5']),
    contentType: headers['content-type'] ?? 'application/octet-stream',
    etag: headers.etag,
    lastModified: modified === undefined ? undefined : new Date(modified),
  };
}

function bytesOf(base64: string | string[] | undefined): Buffer | undefined {
  return typeof base64 === 'string' && base64 !== '' ? Buffer.from(base64, 'base64') : undefined;
}

/** What is awaited, or the reason of the signal when that comes first. */
async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
