import { access, constants, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { type BlobFixture, blobFixture } from '../servers/blob.fixture.ts';
import type { StorageAccount } from '../servers/blob.ts';
import { isPlainPath, Mount } from './mount.ts';

let it: BlobFixture;
let container: ContainerClient;
let mount: Mount;
const account: StorageAccount = {
  name: 'stmedia',
  key: Buffer.alloc(64, 7).toString('base64'),
  containers: ['media'],
};

beforeAll(async () => {
  it = await blobFixture([account]);
  container = it.blob.client(account).getContainerClient('media');
  mount = new Mount({ account: account.name, container, directory: join(it.paths.mounts, 'media') });
  await mount.start();
});

afterAll(async () => {
  await mount.stop();
  await it.remove();
});

const put = (name: string, text: string) => container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
const shows = (name: string) =>
  access(join(mount.directory, name), constants.F_OK).then(
    () => true,
    () => false,
  );

test('a new blob appears late, whole and read-only, folders included', async () => {
  await put('2026/a picture #1.png', 'bytes');
  await eventually('the blob is in the mount', () => shows('2026/a picture #1.png'));
  const file = join(mount.directory, '2026/a picture #1.png');
  expect(await readFile(file, 'utf8')).toBe('bytes');
  expect((await stat(file)).mode & 0o222).toBe(0);
});

test('a blob that is deleted goes', async () => {
  await put('gone.png', 'bytes');
  await eventually('the blob is in the mount', () => shows('gone.png'));
  await container.deleteBlob('gone.png');
  await eventually('the blob is out of the mount', async () => !(await shows('gone.png')));
});

test('a blob that is replaced by one of the same size is shown anew, also after a restart', async () => {
  const text = (): Promise<string> => readFile(join(mount.directory, 'replaced.csv'), 'utf8').catch(() => '');
  await put('replaced.csv', 'first');
  await eventually('the blob is in the mount', () => shows('replaced.csv'));
  await put('replaced.csv', 'again');
  await eventually('the replaced blob is in the mount', async () => (await text()) === 'again');
  await mount.stop();
  // The service keeps the time of a blob in whole seconds.
  await sleep(1_100);
  await put('replaced.csv', 'third');
  mount = new Mount({ account: account.name, container, directory: mount.directory });
  await mount.start();
  await eventually('the blob replaced meanwhile is in the mount', async () => (await text()) === 'third');
}, 120_000);

test('only a plain path below the mount is a name that it shows', () => {
  expect(['a.png', 'a/b.png', '..a', 'a b#1'].filter((name) => !isPlainPath(name))).toEqual([]);
  expect(['', '/a', 'a/', '../a', 'a/../../b', './a', 'a//b', 'a\0b'].filter(isPlainPath)).toEqual([]);
});

test('a blob whose name leads out of the mount is not written', async () => {
  const listed = ['../outside.png', 'inside.png'].map((name) => ({ name, properties: { etag: name } }));
  const pages = async function* () {
    yield { segment: { blobItems: listed } };
  };
  const stub = {
    containerName: 'media',
    listBlobsFlat: () => ({ byPage: pages }),
    getBlobClient: () => ({ download: async () => ({ readableStreamBody: Readable.from(['bytes']) }) }),
  };
  const directory = join(it.paths.mounts, 'stubbed');
  const other = new Mount({ account: 'stub', container: stub as unknown as ContainerClient, directory });
  await other.start();
  const exists = (path: string) =>
    access(path, constants.F_OK).then(
      () => true,
      () => false,
    );
  await eventually('the other blob is in the mount', () => exists(join(directory, 'inside.png')));
  expect(await exists(join(it.paths.mounts, 'outside.png'))).toBe(false);
  await other.stop();
});

test('a container that is away for fifteen looks in a row is lost, and one that answers is not', async () => {
  let away = false;
  let looks = 0;
  let lost = 0;
  const stub = {
    containerName: 'media',
    listBlobsFlat: () => ({ byPage: async function* () {} }),
    getProperties: async () => {
      looks += 1;
      if (away) throw new Error('away');
    },
  };
  const directory = join(it.paths.mounts, 'lost');
  const options = { account: 'stub', container: stub as unknown as ContainerClient, directory, probeMs: 1 };
  const other = new Mount({ ...options, onLost: () => (lost += 1) });
  await other.start();
  await eventually('it was looked at', () => looks > 20);
  expect(lost).toBe(0);
  away = true;
  const before = looks;
  await eventually('it is lost', () => lost > 0);
  expect(looks - before).toBeGreaterThanOrEqual(15);
  await other.stop();
});
