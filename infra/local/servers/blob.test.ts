import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import type { TokenCredential } from '@azure/core-auth';
import { BlobServiceClient, type ContainerClient, RestError } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { type BlobFixture, blobFixture } from './blob.fixture.ts';
import type { StorageAccount } from './blob.ts';

const account = (name: string, container: string): StorageAccount => ({
  name,
  key: Buffer.alloc(64, name).toString('base64'),
  containers: [container],
});
const media = account('stmedia', 'media');
const releases = account('streleases', 'releases');
const STORAGE = 'https://storage.azure.com';
let it: BlobFixture;

beforeAll(async () => {
  const grants = [{ principalId: 'app', account: media.name, container: 'media' }];
  it = await blobFixture([media, releases], grants);
});

afterAll(() => it.remove());

const now = () => Math.floor(Date.now() / 1000);

function tokenFor(change: object = {}): string {
  return it.tokens.issue({ aud: STORAGE, oid: 'app', nbf: now() - 60, exp: now() + 600, ...change });
}

function withToken(
  { name }: StorageAccount,
  container: string,
  token = tokenFor(),
  endpoint?: string,
): ContainerClient {
  const credential: TokenCredential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 600_000 }) };
  const client = new BlobServiceClient(endpoint ?? it.blob.endpoint(name), credential, {
    retryOptions: { maxTries: 1 },
  });
  return client.getContainerClient(container);
}

/** The error code, or what happened instead of an error. */
function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'allowed',
    (error: unknown) => (error instanceof RestError ? `${error.statusCode} ${error.code}` : String(error)),
  );
}

describe('a token that the region issued', () => {
  test('lets the identity write, read, list and delete blobs of the container it has a role on', async () => {
    const container = withToken(media, 'media');
    const blob = container.getBlockBlobClient('a folder/ä #1%.txt');
    const upload = () => blob.upload('0123456789', 10, { conditions: { ifNoneMatch: '*' } });
    expect(await codeOf(upload())).toBe('allowed');
    expect(await codeOf(upload())).toBe('409 BlobAlreadyExists');
    expect((await blob.downloadToBuffer(2, 3)).toString()).toBe('234');
    const names: string[] = [];
    for await (const { name } of container.listBlobsFlat({ prefix: 'a folder/' })) names.push(name);
    expect(names).toEqual(['a folder/ä #1%.txt']);
    expect((await blob.getProperties()).contentLength).toBe(10);
    await blob.delete();
    expect(await blob.exists()).toBe(false);
  });

  test('carries many megabytes in both directions without changing a byte', async () => {
    const bytes = randomBytes(12 * 1024 * 1024);
    const blob = withToken(media, 'media').getBlockBlobClient('large');
    await blob.uploadStream(Readable.from([bytes]), 4 * 1024 * 1024, 2);
    expect((await blob.downloadToBuffer()).equals(bytes)).toBe(true);
  });

  test.each([
    ['of an identity without a role', { oid: 'other' }, '403 AuthorizationPermissionMismatch'],
    ['for another service', { aud: 'https://vault.azure.net' }, '401 InvalidAuthenticationInfo'],
    ['that has expired', { exp: now() - 1 }, '401 InvalidAuthenticationInfo'],
    ['that is not valid yet', { nbf: now() + 300 }, '401 InvalidAuthenticationInfo'],
  ])('%s is refused', async (_, change, code) => {
    expect(await codeOf(withToken(media, 'media', tokenFor(change)).getProperties())).toMatch(code.split(' ')[0] ?? '');
    const upload = withToken(media, 'media', tokenFor(change)).getBlockBlobClient('refused').upload('x', 1);
    expect(await codeOf(upload)).toBe(code);
  });

  test('does not reach releases, nor another container', async () => {
    const inReleases = withToken(releases, 'releases').getBlockBlobClient('packages/forged.zip').upload('x', 1);
    expect(await codeOf(inReleases)).toBe('403 AuthorizationPermissionMismatch');
    const other = withToken(media, 'other').getBlockBlobClient('x').upload('x', 1);
    expect(await codeOf(other)).toBe('403 AuthorizationPermissionMismatch');
    const climbing = withToken(media, 'media/../../streleases/releases').getBlockBlobClient('x').upload('x', 1);
    expect(await codeOf(climbing)).not.toBe('allowed');
  });
});

describe('another user of the machine, who has no key', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  /** What Azurite's own OAuth accepts. */
  const unsigned = (issuer: string) =>
    `${part({ alg: 'none' })}.${part({ aud: STORAGE, iss: issuer, oid: 'app', nbf: now() - 60, exp: now() + 600 })}.${part('x')}`;

  test.each(['https://issuer/', 'https://sts.windows.net/00000000-5111-4000-8000-000000000002/'])(
    'is refused with an unsigned token of issuer %s',
    async (issuer) => {
      for (const [owner, container] of [
        [media, 'media'],
        [releases, 'releases'],
      ] as const) {
        const work = withToken(owner, container, unsigned(issuer)).getBlockBlobClient('forged').upload('x', 1);
        expect(await codeOf(work)).toBe('401 InvalidAuthenticationInfo');
      }
    },
  );

  test('is refused by Azurite itself, with a token and without', async () => {
    for (const [owner, container] of [
      [media, 'media'],
      [releases, 'releases'],
    ] as const) {
      const url = `${it.azurite}/${owner.name}/${container}/forged`;
      for (const authorization of [`Bearer ${unsigned('https://issuer/')}`, `Bearer ${tokenFor()}`, undefined]) {
        const headers = {
          'x-ms-blob-type': 'BlockBlob',
          'x-ms-version': '2025-01-05',
          ...(authorization === undefined ? {} : { authorization }),
        };
        const put = await fetch(url, { method: 'PUT', body: 'x', headers });
        const get = await fetch(url, { headers });
        expect([put.status, get.status].every((status) => status >= 400)).toBe(true);
      }
    }
    expect(await it.blob.client(releases).getContainerClient('releases').getBlobClient('forged').exists()).toBe(false);
  });

  test('is refused without any credential', async () => {
    const answer = await fetch(`${it.blob.endpoint(releases.name)}/releases?restype=container&comp=list`);
    expect([403, 404]).toContain(answer.status);
  });
});

test('an account’s key works through the gateway, as the release tool uses it', async () => {
  const container = it.blob.client(releases).getContainerClient('releases');
  const history = container.getAppendBlobClient('history');
  await history.create();
  await history.appendBlock('one line\n', 9);
  expect((await history.downloadToBuffer()).toString()).toBe('one line\n');
  const lease = history.getBlobLeaseClient();
  await lease.acquireLease(15);
  expect(await codeOf(history.delete())).toBe('412 LeaseIdMissing');
  await lease.releaseLease();
});

test('when Azurite dies, connections are refused until it is started again', async () => {
  const { port } = new URL(it.blob.endpoint(media.name));
  const outcome = () =>
    new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: Number(port) }, () => resolve('connected'));
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      socket.on('connect', () => socket.destroy());
    });
  process.kill(it.blob.pid ?? 0, 'SIGKILL');
  await eventually('connections are refused', async () => (await outcome()) === 'ECONNREFUSED');
  await it.blob.start();
  expect(await codeOf(withToken(media, 'media').getBlockBlobClient('after').upload('x', 1))).toBe('allowed');
});

/** Established TCP connections to a port of this machine. Idle ones of the gateway end after some seconds. */
async function connectionsTo(url: string): Promise<number> {
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, '0');
  const table = await readFile('/proc/net/tcp', 'utf8');
  return table.split('\n').filter((line) => {
    const [, , remote, state] = line.trim().split(/\s+/);
    return remote === `0100007F:${port}` && state === '01';
  }).length;
}

test('a client that gives up in the middle of an upload leaves no blob, and the gateway goes on', async () => {
  const blob = withToken(media, 'media').getBlockBlobClient('half');
  const stop = new AbortController();
  const body = new Readable({ read() {} });
  body.push(randomBytes(100_000));
  const upload = blob.upload(() => body, 1_000_000, { abortSignal: stop.signal });
  setImmediate(() => stop.abort());
  await expect(upload).rejects.toThrow();
  expect(await blob.exists()).toBe(false);
  await eventually('no connection to Azurite is left open for it', async () => (await connectionsTo(it.azurite)) === 0);
  expect(await codeOf(blob.upload('whole', 5))).toBe('allowed');
});
