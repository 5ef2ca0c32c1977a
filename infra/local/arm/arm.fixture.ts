import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSiteManagementClient } from '@azure/arm-appservice';
import { ZipFile } from 'yazl';
import { type SiteFixture, type SiteFixtureOptions, siteFixture } from '../appservice/site.fixture.ts';
import { ensureCertificates } from '../servers/certificates.ts';
import { statePaths } from '../state/paths.ts';
import { ManagementPlane, type ManagementPlaneOptions } from './management-plane.ts';

export const TOKEN = 'the-management-token';
export const SUBSCRIPTION = '00000000-0000-4000-8000-000000000001';
export const GROUP = 'rg-shop';
export const APP = 'shop';
export const SITE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.Web/sites/${APP}`;
export const SLOT = `${SITE}/slots/staging`;
export const VERSION = 'api-version=2025-05-01';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  // The shape is what a test asserts.
  readonly json: Record<string, never> & { readonly error?: { readonly code: string; readonly message: string } };
}

export interface Ask {
  readonly method?: string;
  readonly body?: string | Buffer;
  /** null: no Authorization header. */
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
}

export interface ArmFixture extends SiteFixture {
  readonly plane: ManagementPlane;
  readonly client: WebSiteManagementClient;
  ask(path: string, options?: Ask): Promise<HttpAnswer>;
  publish(zip: Buffer, query?: string): Promise<HttpAnswer>;
}

/** A site on workers that behave, behind the management plane with TLS, and the official client for it. */
export async function armFixture(
  options: SiteFixtureOptions & { readonly plane?: Partial<ManagementPlaneOptions> } = {},
): Promise<ArmFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-arm-'));
  const paths = statePaths(directory);
  await mkdir(paths.tls);
  const { caFile, certFile, keyFile } = await ensureCertificates(paths, new Date());
  const ca = await readFile(caFile, 'utf8');
  const site = await siteFixture(options);
  const plane = await ManagementPlane.listen({
    site: site.site,
    subscriptionId: SUBSCRIPTION,
    resourceGroup: GROUP,
    token: TOKEN,
    tls: { key: await readFile(keyFile), cert: await readFile(certFile) },
    port: 0,
    annotationFile: paths.annotations,
    hostNames: { production: '127.0.0.1:8080', staging: '127.0.0.1:8081' },
    ...options.plane,
  });
  const credential = { getToken: async () => ({ token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const ask = (path: string, how: Ask = {}): Promise<HttpAnswer> => send(plane.endpoint, ca, path, how);
  return {
    ...site,
    plane,
    client: new WebSiteManagementClient(credential, SUBSCRIPTION, {
      endpoint: plane.endpoint,
      tlsOptions: { ca },
      retryOptions: { maxRetries: 0 },
    }),
    ask,
    publish: (zip, query = '') =>
      ask(`/scm/${APP}-staging/api/publish?type=zip${query}`, { method: 'POST', body: zip }),
    remove: async () => {
      await plane.close();
      await site.remove();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A zip in memory of these files. */
export function zipOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  return ended(zip);
}

export async function ended(zip: ZipFile): Promise<Buffer> {
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(endpoint: string, ca: string, path: string, how: Ask): Promise<HttpAnswer> {
  const { method = 'GET', body, token = TOKEN, headers = {} } = how;
  return new Promise((resolve, reject) => {
    const call = request(
      `${endpoint}${path}`,
      {
        method,
        ca,
        agent: false,
        headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
      },
      async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString('utf8');
        const json = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : {};
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}
