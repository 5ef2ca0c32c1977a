import { appendFile, rename, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { isErrno } from '../../lib/error-message.ts';
import { textOf } from '../../lib/json.ts';
import { isForLoopback } from './loopback-host.ts';

const BODY_MAX_BYTES = 8 * 1024 * 1024;
const UNPACKED_MAX_BYTES = 32 * 1024 * 1024;
/** Telemetry is kept in two files of at most this size: the current one and the one before. */
const FILE_MAX_BYTES = 16 * 1024 * 1024;

export interface IngestionOptions {
  readonly port: number;
  readonly directory: string;
  readonly key: Buffer;
  readonly cert: Buffer;
  /** Which component the telemetry is for: only the region's containers know it, and other telemetry is refused. */
  readonly instrumentationKey: string;
}

/** Application Insights on this machine: stores what the Azure Monitor exporter sends, one envelope a line. */
export class IngestionEndpoint {
  readonly #options: IngestionOptions;
  readonly #server: Server;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: IngestionOptions) {
    this.#options = options;
    this.#server = createServer({ key: options.key, cert: options.cert }, (request, response) => {
      this.#answer(request, response).catch(() => response.writeHead(400).end());
    });
  }

  get url(): string {
    const address = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : this.#options.port;
    return `https://127.0.0.1:${port}/`;
  }

  /** Newline-delimited JSON of the envelopes received. */
  get file(): string {
    return join(this.#options.directory, 'telemetry.ndjson');
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port, '127.0.0.1', resolve);
    });
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isForLoopback(request)) return refuse(request, response, 403);
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    // Live metrics asks whether somebody is watching; nobody is.
    if (path.startsWith('/QuickPulseService.svc/')) {
      request.resume();
      response.writeHead(200, { 'x-ms-qps-subscribed': 'false' }).end();
      return;
    }
    if (request.method !== 'POST' || !/^\/v2(\.1)?\/track$/.test(path)) {
      return refuse(request, response, 404);
    }
    const envelopes = parseEnvelopes(await readBody(request));
    const isOurs = (envelope: unknown) => textOf(envelope, 'iKey') === this.#options.instrumentationKey;
    if (!envelopes.every(isOurs)) return refuse(request, response, 400);
    const kept = this.#writing.then(() => this.#keep(envelopes));
    this.#writing = kept.catch(() => undefined);
    await kept;
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ itemsReceived: envelopes.length, itemsAccepted: envelopes.length, errors: [] }));
  }

  async #keep(envelopes: readonly unknown[]): Promise<void> {
    const size = await stat(this.file).then(
      (s) => s.size,
      (error) => {
        if (isErrno(error, 'ENOENT')) return 0;
        throw error;
      },
    );
    if (size > FILE_MAX_BYTES) await rename(this.file, `${this.file}.1`);
    await appendFile(this.file, envelopes.map((e) => `${JSON.stringify(e)}\n`).join(''), { mode: 0o600 });
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  request.resume();
  response.writeHead(status).end();
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > BODY_MAX_BYTES) throw new Error('body too large');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const packed = request.headers['content-encoding'] === 'gzip';
  return (packed ? await promisify(gunzip)(body, { maxOutputLength: UNPACKED_MAX_BYTES }) : body).toString('utf8');
}

/** The exporter sends a JSON array; the older protocol one envelope a line. */
function parseEnvelopes(text: string): unknown[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) {
    const parsed: unknown = JSON.parse(trimmed);
    return Array.isArray(parsed) ? parsed : [];
  }
  return trimmed === '' ? [] : trimmed.split('\n').map((line): unknown => JSON.parse(line));
}
