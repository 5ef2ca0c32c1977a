import { createServer, type Server } from 'node:http';
import { freePort } from './free-port.ts';

export interface IdentityEndpoint {
  readonly url: string;
  readonly header: string;
  /** How many tokens it has given. */
  given: number;
  /** Life of the tokens, in seconds. */
  lifeSeconds: number;
  /** While true it answers 500. */
  broken: boolean;
  close(): Promise<void>;
}

/** App Service's identity endpoint: gives unsigned tokens, which Azurite accepts when they are well formed. */
export async function startIdentity(): Promise<IdentityEndpoint> {
  const port = await freePort();
  const endpoint: IdentityEndpoint = {
    url: `http://127.0.0.1:${port}/msi/token`,
    header: 'identity-header-of-the-test',
    given: 0,
    lifeSeconds: 3_600,
    broken: false,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  const server: Server = createServer((request, response) => {
    const resource = new URL(request.url ?? '/', endpoint.url).searchParams.get('resource') ?? '';
    if (endpoint.broken || request.headers['x-identity-header'] !== endpoint.header) {
      response.writeHead(endpoint.broken ? 500 : 401).end();
      return;
    }
    endpoint.given += 1;
    const { token, expires } = unsignedToken(resource, endpoint.lifeSeconds);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: token, expires_on: String(expires), resource, token_type: 'Bearer' }));
  });
  server.keepAliveTimeout = 1_000;
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return endpoint;
}

export function unsignedToken(resource: string, lifeSeconds: number): { token: string; expires: number } {
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    aud: resource.replace(/\/+$/, ''),
    iss: 'https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/',
    iat: now - 5,
    nbf: now - 5,
    exp: now + lifeSeconds,
    sub: 'test',
  };
  return { token: `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`, expires: now + lifeSeconds };
}
