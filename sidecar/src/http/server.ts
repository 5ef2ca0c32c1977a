import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { reasonOf } from '../coded-error.ts';
import type { Log } from '../log.ts';
import { sendJson } from './respond.ts';
import { parseTarget, type Target } from './target.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse, target: Target) => Promise<void> | void;

export interface Route {
  readonly methods: readonly string[];
  /** The whole path, or a prefix when it ends with `/`. */
  readonly path: string;
  readonly handle: Handler;
}

/** The HTTP server on loopback. No malformed request ends the process. */
export function httpServer(routes: readonly Route[], log: Log): Server {
  const server = createServer({
    maxHeaderSize: 32 * 1024,
    requestTimeout: 30_000,
    headersTimeout: 10_000,
    keepAliveTimeout: 65_000,
  });
  server.on('request', (request, response) => {
    response.on('error', () => undefined);
    request.on('error', () => undefined);
    void dispatch(routes, request, response).catch((error: unknown) => {
      log('error', 'a request failed', { target: request.url?.slice(0, 200), reason: reasonOf(error) });
      sendJson(response, 500, { error: 'internal error' });
    });
  });
  server.on('clientError', (_error, socket: Socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
  return server;
}

async function dispatch(routes: readonly Route[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A page in a browser may let its own name point here. It then sends that name.
  if (!isLoopback(request.headers.host)) return sendJson(response, 403, { error: 'only for this machine' });
  const target = parseTarget(request.url);
  const found = routes.filter(({ path }) => (path.endsWith('/') ? target.path.startsWith(path) : target.path === path));
  if (found.length === 0) return sendJson(response, 404, { error: 'no such route' });
  const route = found.find(({ methods }) => methods.includes(request.method ?? ''));
  if (route === undefined) {
    const allow = found.flatMap(({ methods }) => methods).join(', ');
    return sendJson(response, 405, { error: `this route takes ${allow}` }, { allow });
  }
  await route.handle(request, response, target);
}

/** True for the names of this machine, with any port. */
export function isLoopback(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host ?? '');
}
