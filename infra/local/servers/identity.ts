import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { TENANT_ID } from '../../evaluate/subscription.ts';
import type { AssignedIdentity } from '../program/system-definition.ts';
import type { AccessTokens } from './access-tokens.ts';
import { isForLoopback } from './loopback-host.ts';

const TOKEN_LIFETIME_S = 24 * 3600;

export interface IdentityOptions {
  readonly port: number;
  /** What containers get as IDENTITY_HEADER and send back as X-IDENTITY-HEADER. */
  readonly header: string;
  /** The identities that the program assigned to the app; the first is the default. */
  readonly identities: readonly AssignedIdentity[];
  readonly tokens: AccessTokens;
  readonly now: () => Date;
}

/**
 * App Service's identity endpoint (api-version 2019-08-01), as ManagedIdentityCredential asks it. Only the containers
 * of the region know the header, so only they get a token.
 */
export class IdentityEndpoint {
  readonly #options: IdentityOptions;
  readonly #server: Server;

  constructor(options: IdentityOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  get url(): string {
    const address = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : this.#options.port;
    return `http://127.0.0.1:${port}/msi/token`;
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

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { status, body } = this.#tokenFor(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #tokenFor(request: IncomingMessage): { readonly status: number; readonly body: unknown } {
    const [path, query] = (request.url ?? '').split('?', 2);
    if (!isForLoopback(request)) return refusal(403, 'forbidden', 'the Host header names another machine');
    if (path !== '/msi/token') return refusal(404, 'not_found', 'the only route is /msi/token');
    if (!sameText(String(request.headers['x-identity-header'] ?? ''), this.#options.header)) {
      return refusal(401, 'unauthorized_client', 'X-IDENTITY-HEADER is missing or wrong');
    }
    const parameters = new URLSearchParams(query);
    const resource = parameters.get('resource') ?? '';
    if (resource === '') return refusal(400, 'invalid_request', 'resource is missing');
    const clientId = parameters.get('client_id') ?? this.#options.identities[0]?.clientId ?? '';
    const identity = this.#options.identities.find((assigned) => assigned.clientId === clientId);
    if (identity === undefined) {
      return refusal(400, 'invalid_request', `no identity with client id ${clientId} is assigned to this app`);
    }
    const now = Math.floor(this.#options.now().getTime() / 1000);
    const expires = now + TOKEN_LIFETIME_S;
    const claims = {
      aud: resource,
      iat: now,
      nbf: now - 60,
      exp: expires,
      appid: clientId,
      oid: identity.principalId,
      tid: TENANT_ID,
      ver: '1.0',
    };
    const body = {
      access_token: this.#options.tokens.issue(claims),
      expires_on: String(expires),
      resource,
      token_type: 'Bearer',
      client_id: clientId,
    };
    return { status: 200, body };
  }
}

function refusal(status: number, error: string, description: string) {
  return { status, body: { error, error_description: description } };
}

function sameText(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
