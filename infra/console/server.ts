import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../lib/error-message.ts';
import type { ConsoleAccess } from './access.ts';
import type { ActionAnswer, Actions } from './actions.ts';
import { type Assets, CONTENT_SECURITY_POLICY } from './assets.ts';
import type { EventStream } from './event-stream.ts';
import type { OpenedImage } from './images.ts';

const BODY_MAX_BYTES = 4_096;
const HEADERS_WITHIN_MS = 10_000;

/** Sent with every answer. The address of the first visit has the token in it: no other page may learn it. */
const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** What the console answers, once a request is known to be allowed. */
export interface ConsoleData {
  /** Reads the whole state anew. */
  readonly state: () => Promise<string>;
  /** `GET /api/NAME?…` for everything but state and events; undefined for what there is none of. */
  readonly query: (name: string, parameters: URLSearchParams) => Promise<string | undefined>;
  readonly image: (worker: string, name: string) => Promise<OpenedImage | undefined>;
}

export interface ConsoleServerParts {
  readonly access: ConsoleAccess;
  readonly assets: Assets;
  readonly stream: EventStream;
  readonly actions: Pick<Actions, 'run'>;
  readonly data: ConsoleData;
}

/** The console over HTTP. It listens nowhere: the region hands connections over. */
export class ConsoleServer {
  readonly #parts: ConsoleServerParts;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(parts: ConsoleServerParts) {
    this.#parts = parts;
    this.#server = createServer({ headersTimeout: HEADERS_WITHIN_MS }, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        console.error(new Date().toISOString(), request.method, request.url?.split('?', 1)[0], error);
        if (response.headersSent) response.destroy();
        else json(response, 500, { message: messageOf(error) });
      });
    });
  }

  accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#server.emit('connection', socket);
    socket.resume();
  }

  /** Ends every connection. */
  end(): void {
    this.#server.closeAllConnections();
  }

  /** Connections that are open; each may have an answer that goes on. The server itself counts only those it listened for. */
  get connections(): number {
    return this.#sockets.size;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { access } = this.#parts;
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (!access.isForConsole(request.headers) || access.isForeign(request.headers)) return forbid(request, response);
    const url = new URL(request.url ?? '/', 'http://console');
    const token = url.searchParams.get('token');
    if (url.pathname === '/' && token !== null) {
      if (!access.isToken(token)) return forbid(request, response);
      response.setHeader('set-cookie', access.setCookie);
      return html(response, 200, entryPage(access.pageKey));
    }
    const isFile = (request.method === 'GET' || request.method === 'HEAD') && !url.pathname.startsWith('/api/');
    if (!access.hasKey(request.headers) && !(isFile && access.hasCookie(request.headers)))
      return forbid(request, response);
    if (request.method === 'POST') return this.#act(request, response, url.pathname);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD, POST');
      return json(response, 405, { message: 'The console takes GET and POST.' });
    }
    return this.#get(request, response, url);
  }

  async #get(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { assets, stream, data } = this.#parts;
    const { pathname, searchParams } = url;
    if (pathname === '/') return html(response, 200, await assets.page());
    if (pathname === '/api/state') return text(response, 200, await data.state());
    if (pathname === '/api/events') {
      if (!stream.watched) await data.state();
      if (!stream.add(response)) json(response, 503, { message: 'Too many pages are open.' });
      return;
    }
    const [, worker, name] = /^\/api\/images\/([ab])\/([^/]+)$/.exec(pathname) ?? [];
    if (worker !== undefined && name !== undefined) {
      return sendImage(response, await data.image(worker, decodeURIComponent(name)));
    }
    if (pathname.startsWith('/api/')) {
      const answer = await data.query(pathname.slice('/api/'.length), searchParams);
      return answer === undefined ? notFound(response) : text(response, 200, answer);
    }
    const asset = await assets.find(pathname);
    if (asset === undefined) return notFound(response);
    response.setHeader('cache-control', 'no-cache').setHeader('etag', asset.etag);
    if (request.headers['if-none-match'] === asset.etag) response.writeHead(304).end();
    else response.writeHead(200, { 'content-type': asset.type }).end(asset.body);
  }

  async #act(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const [, name] = /^\/api\/actions\/([a-z-]+)$/.exec(path) ?? [];
    if (request.headers['content-type']?.split(';')[0] !== 'application/json') {
      request.resume();
      return json(response, 415, { message: 'An action takes application/json.' });
    }
    const body = await readJsonBody(request);
    if (body === undefined) return json(response, 400, { message: 'The body is no JSON object, or too long.' });
    const answer: ActionAnswer | undefined = await this.#parts.actions.run(name ?? '', body.value);
    return answer === undefined ? notFound(response) : json(response, answer.status, answer.body);
  }
}

async function readJsonBody(request: IncomingMessage): Promise<{ readonly value: unknown } | undefined> {
  let received = '';
  for await (const chunk of request.setEncoding('utf8')) {
    received += chunk;
    if (received.length > BODY_MAX_BYTES) return undefined;
  }
  try {
    return { value: JSON.parse(received === '' ? '{}' : received) };
  } catch {
    return undefined;
  }
}

async function sendImage(response: ServerResponse, image: OpenedImage | undefined): Promise<void> {
  if (image === undefined) return notFound(response);
  response.writeHead(200, {
    'content-type': image.type,
    'content-length': image.bytes,
    'cache-control': 'private, max-age=3600',
  });
  await pipeline(image.file.createReadStream({ start: 0, end: image.bytes - 1 }), response).catch(() => undefined);
}

function forbid(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  html(response, 403, FORBIDDEN_PAGE);
}

function notFound(response: ServerResponse): void {
  json(response, 404, { message: 'There is no such page.' });
}

function json(response: ServerResponse, status: number, body: object): void {
  text(response, status, JSON.stringify(body));
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body);
}

function html(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(body);
}

/**
 * Hands the page its key, and leads on to it from a page of the console itself: after a redirect from elsewhere a browser would keep a
 * strict cookie back.
 */
function entryPage(key: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>slipway</title>
<meta name="slipway-key" content="${key}"><script type="module" src="/page/enter.ts"></script>
<noscript>The console needs JavaScript. The same data is in the terminal: ./slipway status</noscript></html>
`;
}

const FORBIDDEN_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><meta name="viewport" content="width=device-width">
<title>403</title><h1>This console needs its token</h1>
<p>Open the address that <code>npm start</code> prints as “console”; it is in <code>connection.json</code> too.</p></html>
`;
