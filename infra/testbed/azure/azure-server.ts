import { globSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { issueCertificate } from '../../local/servers/certificates.ts';

/** An answer of Azure as it is kept beside this file. */
export interface RecordedAnswer {
  /** Method and path; for a query of Log Analytics also the table that it reads first. */
  readonly request: string;
  /** File and definition that the body fits. */
  readonly schema: string;
  readonly body: unknown;
}

export interface Reply {
  readonly status?: number;
  /** JSON, or a text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Nothing is ever answered. */
  readonly hangs?: true;
}

/** The moment of the answers in `answers/`. */
export const NOW = new Date('2026-11-29T03:00:00Z');
const ISO_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const ANSWERS = join(import.meta.dirname, 'answers');
const HOSTS = [
  'management.azure.com',
  'api.loganalytics.azure.com',
  '*.scm.azurewebsites.net',
  '*.vault.azure.net',
  '*.blob.core.windows.net',
  'www.example.org',
  'staging.example.org',
];

/** The answers of a scenario: those of a healthy stack, and what a broken one says otherwise. */
export function recordedAnswers(scenario: 'healthy' | 'broken'): RecordedAnswer[] {
  return globSync(join(ANSWERS, scenario, '*.json')).map((file) => JSON.parse(readFileSync(file, 'utf8')));
}

/**
 * Azure for tests, on loopback over TLS: what it was told to answer, by method and path. Also a proxy, through which a process with
 * HTTPS_PROXY and this CA reaches every host of Azure here, and the identity endpoint from which it gets a token.
 */
export class AzureServer {
  readonly replies = new Map<string, Reply>();
  /** `METHOD path` of all requests that had no answer. */
  readonly unanswered: string[] = [];
  /** `METHOD host path` of all requests. */
  readonly asked: string[] = [];
  readonly ca: string;
  readonly #tls: Server;
  readonly #plain: Server;
  readonly #second: Server;
  readonly #open = new Set<Socket>();

  static async start(): Promise<AzureServer> {
    const names = [
      ...HOSTS.map((value) => ({ type: 'dns', value }) as const),
      { type: 'ip', value: '127.0.0.1' } as const,
    ];
    const server = new AzureServer(await issueCertificate(names, new Date()));
    await Promise.all([server.#tls, server.#plain, server.#second].map(listening));
    return server;
  }

  private constructor({ ca, cert, key }: { readonly ca: string; readonly cert: string; readonly key: string }) {
    this.ca = ca;
    const answer = (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response);
    this.#tls = createTlsServer({ cert, key }, answer);
    this.#plain = createServer(answer).on('connect', (_request, client: Socket) => {
      const upstream = connect(portOf(this.#tls), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      for (const socket of [client, upstream]) socket.on('error', () => client.destroy());
    });
    this.#second = createServer(answer);
    for (const each of [this.#tls, this.#plain, this.#second]) {
      each.on('connection', (socket: Socket) => {
        this.#open.add(socket);
        socket.on('close', () => this.#open.delete(socket));
      });
    }
  }

  get endpoint(): string {
    return `https://127.0.0.1:${portOf(this.#tls)}`;
  }

  /** Plain HTTP: proxy, identity endpoint, and slots and Blob for tests in this process. */
  get plain(): string {
    return `http://127.0.0.1:${portOf(this.#plain)}`;
  }

  /** Another plain address, for the other slot. */
  get second(): string {
    return `http://127.0.0.1:${portOf(this.#second)}`;
  }

  /** With `now`, every time of the answers is moved by as much as it is away from theirs: for a process that has the machine's clock. */
  answerLike(scenario: 'healthy' | 'broken', now: Date = NOW): void {
    const byMs = now.getTime() - NOW.getTime();
    for (const { request, body } of recordedAnswers(scenario)) this.replies.set(request, { body: moved(body, byMs) });
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    const servers = [this.#tls, this.#plain, this.#second];
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const [path = ''] = url.split('?');
    const sent = await text(request).catch(() => '');
    this.asked.push(`${method} ${headers.host ?? ''} ${path}`);
    const reply = this.#replyTo(method, headers.host ?? '', path, sent);
    if (reply === undefined) this.unanswered.push(`${method} ${path}`);
    const { status = reply === undefined ? 404 : 200, body = {}, headers: more = {}, hangs } = reply ?? {};
    if (hangs) return;
    const type = typeof body === 'string' ? 'text/plain' : 'application/json';
    const content = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(content), ...more });
    response.end(method === 'HEAD' ? undefined : content);
  }

  /** With the host, by the table that a query reads first, or by the path alone. */
  #replyTo(method: string, host: string, path: string, sent: string): Reply | undefined {
    const [, table = ''] = /datatable\(TimeGenerated:datetime\)\[\]\), (\w+)/.exec(sent) ?? [];
    return (
      this.replies.get(`${method} ${host}${path}`) ??
      this.replies.get(`${method} ${path} ${table}`) ??
      this.replies.get(`${method} ${path}`)
    );
  }
}

function moved(body: unknown, byMs: number): unknown {
  const text = JSON.stringify(body).replace(ISO_TIME, (time) => new Date(Date.parse(time) + byMs).toISOString());
  return byMs === 0 ? body : JSON.parse(text);
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
