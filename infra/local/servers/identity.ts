import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { guidFor, TENANT_ID } from '../../evaluate/subscription.ts';

const tokenLifetimeS = 24 * 3600;

export interface IdentityOptions {
  readonly port: number;
  /** What containers get as IDENTITY_HEADER and send back as X-IDENTITY-HEADER. */
  readonly header: string;
  /** Client ids of the identities that the program assigned to the app. */
  readonly clientIds: readonly string[];
  readonly now: () => Date;
}

/**
 * App Service's identity endpoint (api-version 2019-08-01), as ManagedIdentityCredential asks it. The tokens are
 * well-formed but unsigned JWTs: Azurite checks issuer, audience and dates, not the signature.
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
    if (path !== '/msi/token') return refusal(404, 'not_found', 'the only route is /msi/token');
    if (!sameText(String(request.headers['x-identity-header'] ?? ''), this.#options.header)) {
      return refusal(401, 'unauthorized_client', 'X-IDENTITY-HEADER is missing or wrong');
    }
    const parameters = new URLSearchParams(query);
    const resource = parameters.get('resource') ?? '';
    if (resource === '') return refusal(400, 'invalid_request', 'resource is missing');
    const clientId = parameters.get('client_id') ?? this.#options.clientIds[0] ?? '';
    if (!this.#options.clientIds.includes(clientId)) {
      return refusal(400, 'invalid_request', `no identity with client id ${clientId} is assigned to this app`);
    }
    const now = Math.floor(this.#options.now().getTime() / 1000);
    const expires = now + tokenLifetimeS;
    const claims = {
      aud: resource,
      iss: `https://sts.windows.net/${TENANT_ID}/`,
      iat: now,
      nbf: now - 60,
      exp: expires,
      appid: clientId,
      oid: guidFor(`principal/${clientId}`),
      tid: TENANT_ID,
      ver: '1.0',
    };
    const body = {
      access_token: unsignedToken(claims),
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

function unsignedToken(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ typ: 'JWT', alg: 'RS256', kid: 'slipway-local' })}.${part(claims)}.${Buffer.from('unsigned').toString('base64url')}`;
}

function sameText(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
