import { Agent, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { pipeline } from 'node:stream';
import type { BlobGrant } from '../program/system-definition.ts';
import type { AccessTokens, TokenClaims } from './access-tokens.ts';

export interface BlobGatewayOptions {
  readonly port: number;
  readonly tls: { readonly key: Buffer; readonly cert: Buffer };
  /** Port of Azurite on 127.0.0.1, which speaks plain HTTP. */
  readonly upstream: number;
  readonly tokens: AccessTokens;
  readonly grants: readonly BlobGrant[];
  /** An account's shared access signature as a query, for requests whose token was accepted. */
  readonly signature: (account: string) => string;
}

interface Refusal {
  readonly status: 401 | 403;
  readonly code: string;
  readonly message: string;
}

const invalidToken: Refusal = {
  status: 401,
  code: 'InvalidAuthenticationInfo',
  message: 'Authentication information is not given in the correct format or the token is not valid.',
};
const notGranted: Refusal = {
  status: 403,
  code: 'AuthorizationPermissionMismatch',
  message: 'This request is not authorized to perform this operation using this permission.',
};
/** Idle clients keep their connection: each new one costs a TLS handshake. */
const KEEP_ALIVE_MS = 65_000;

/**
 * TLS and Entra ID in front of Azurite. Azurite itself accepts only the accounts' keys: its own OAuth takes unsigned
 * tokens. A request with a token is checked here (signature, issuer, audience, dates, role assignment) and goes on with
 * a shared access signature; a request with a key goes on as it is, and Azurite checks it.
 */
export class BlobGateway {
  readonly #options: BlobGatewayOptions;
  readonly #agent = new Agent({ keepAlive: true });
  #server: Server | undefined;

  constructor(options: BlobGatewayOptions) {
    this.#options = options;
  }

  async listen(): Promise<void> {
    const server = createServer({ ...this.#options.tls, requestTimeout: 0 }, (incoming, response) =>
      this.#answer(incoming, response),
    );
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#options.port, '127.0.0.1', resolve);
    });
  }

  /** New connections are refused and open ones cut, as when the storage service is gone. */
  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#server = undefined;
  }

  #answer(incoming: IncomingMessage, response: ServerResponse): void {
    const { authorization, ...others } = incoming.headers;
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) this.#forward(incoming, response, incoming.url ?? '/', incoming.headers);
    else {
      const signed = this.#signed(incoming.url ?? '/', token);
      if (typeof signed === 'string') this.#forward(incoming, response, signed, others);
      else refuse(incoming, response, signed);
    }
  }

  /** The address with a signature that Azurite accepts, for a token that may do this. */
  #signed(url: string, token: string): string | Refusal {
    const [account = '', container = ''] = segmentsOf(url);
    const claims = this.#options.tokens.claimsOf(token, audiencesOf(account));
    if (claims === undefined) return invalidToken;
    if (!this.#isGranted(claims, account, container)) return notGranted;
    return `${url}${url.includes('?') ? '&' : '?'}${this.#options.signature(account)}`;
  }

  #isGranted({ oid }: TokenClaims, account: string, container: string): boolean {
    return this.#options.grants.some(
      (grant) => grant.principalId === oid && grant.account === account && grant.container === container,
    );
  }

  #forward(incoming: IncomingMessage, response: ServerResponse, path: string, given: IncomingHttpHeaders): void {
    const { method } = incoming;
    // The gateway's own server has answered `expect`.
    const { expect: _, ...headers } = given;
    const upstream = request(
      { host: '127.0.0.1', port: this.#options.upstream, method, path, headers, agent: this.#agent },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, endToEnd(answer.rawHeaders));
        pipeline(answer, response, () => undefined);
      },
    );
    // Without an answer from the storage service there is none: the client sees its connection end.
    upstream.on('error', () => incoming.socket.destroy());
    response.on('close', () => {
      if (!response.writableFinished) upstream.destroy();
    });
    incoming.pipe(upstream);
  }
}

/** Account and container of a path-style address. A path with an encoded slash or dots names no granted container. */
function segmentsOf(url: string): string[] {
  return (url.split('?', 1)[0] ?? '').split('/').slice(1);
}

/** Headers without those that are about the connection to Azurite. */
function endToEnd(rawHeaders: readonly string[]): string[] {
  const hopByHop = /^(connection|keep-alive)$/i;
  const pairs = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : []));
  return pairs.filter(([name = '']) => !hopByHop.test(name)).flat();
}

function audiencesOf(account: string): string[] {
  return ['https://storage.azure.com', `https://${account}.blob.core.windows.net`];
}

function refuse(incoming: IncomingMessage, response: ServerResponse, { status, code, message }: Refusal): void {
  incoming.resume();
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response
    .writeHead(status, {
      'content-type': 'application/xml',
      'content-length': Buffer.byteLength(body),
      'x-ms-error-code': code,
      ...(incoming.complete ? {} : { connection: 'close' }),
    })
    .end(incoming.method === 'HEAD' ? undefined : body);
}
