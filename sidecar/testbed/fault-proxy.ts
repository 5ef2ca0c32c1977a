import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request, type Server } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CertificateFiles } from './certificate.ts';
import { freePort } from './free-port.ts';

export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  /** Ends the connection before, or in the middle of, the request's body. */
  | { readonly kind: 'reset' | 'resetMidBody' }
  /** The request arrives and is done; the answer does not come back. */
  | { readonly kind: 'lostAnswer' }
  | { readonly kind: 'slow'; readonly ms: number }
  /** Forwards the request when the promise is settled. */
  | { readonly kind: 'held'; readonly until: Promise<void> }
  /** Takes the request and says nothing. */
  | { readonly kind: 'hang' };

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
}

/** Stands before Blob, over TLS, and does to each request what `fault` says; undefined lets it pass. */
export class FaultProxy {
  fault: (request: SeenRequest) => Fault | undefined = () => undefined;
  readonly endpoint: string;
  readonly seen: SeenRequest[] = [];
  injected = 0;
  readonly #server: Server;
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true });

  static async start(target: string, certificate: CertificateFiles): Promise<FaultProxy> {
    const port = await freePort();
    const proxy = new FaultProxy(target, certificate, port);
    await new Promise<void>((resolve) => proxy.#server.listen(port, '127.0.0.1', resolve));
    return proxy;
  }

  private constructor(target: string, certificate: CertificateFiles, port: number) {
    this.#target = new URL(target);
    this.endpoint = `https://127.0.0.1:${port}${this.#target.pathname}`;
    this.#server = createServer({ cert: certificate.certPem, key: certificate.keyPem }, (incoming, outgoing) => {
      incoming.on('error', () => undefined);
      outgoing.on('error', () => undefined);
      void this.#handle(incoming, outgoing);
    });
    this.#server.on('tlsClientError', () => undefined);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const seen = { method: incoming.method ?? '', path: incoming.url ?? '' };
    this.seen.push(seen);
    const fault = this.fault(seen);
    if (fault === undefined) return this.#forward(incoming, outgoing, true);
    this.injected += 1;
    if (fault.kind === 'status') {
      incoming.resume();
      if (fault.retryAfter !== undefined) outgoing.setHeader('retry-after', fault.retryAfter);
      outgoing.writeHead(fault.status).end();
    } else if (fault.kind === 'reset') {
      incoming.socket.destroy();
    } else if (fault.kind === 'resetMidBody') {
      incoming.once('data', () => incoming.socket.destroy());
      incoming.once('end', () => incoming.socket.destroy());
    } else if (fault.kind === 'lostAnswer') {
      this.#forward(incoming, outgoing, false);
    } else if (fault.kind === 'held') {
      await fault.until;
      this.#forward(incoming, outgoing, true);
    } else if (fault.kind === 'slow') {
      await sleep(fault.ms);
      this.#forward(incoming, outgoing, true);
    }
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse, answer: boolean): void {
    const { hostname, port } = this.#target;
    const headers = { ...incoming.headers, host: `${hostname}:${port}` };
    const call = request(
      { hostname, port, path: incoming.url, method: incoming.method, headers, agent: this.#agent },
      (response) => {
        if (!answer) {
          response.resume();
          response.on('end', () => incoming.socket.destroy());
          return;
        }
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.on('error', () => outgoing.destroy());
        response.pipe(outgoing);
      },
    );
    call.on('error', () => incoming.socket.destroy());
    incoming.pipe(call);
  }
}
