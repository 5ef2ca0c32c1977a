import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { removeDisk } from '../local/worker/remove-disk.ts';
import { buildPackage } from '../release/package/build-package.ts';
import { Container } from '../testbed/container.ts';

const APPLICATION = `<?php
  $file = dirname(__DIR__).'/storage/media/'.$_GET['name'];
  @mkdir(dirname($file), 0777, true);
  echo file_put_contents($file, $_GET['text']);`;

let scratch: string;
let container: Container;
let sidecar: Server;
const asked: string[] = [];
const inBlob = new Map<string, string>();

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sw-outbox-'));
  const source = join(scratch, 'source');
  const files = {
    'slipway.yaml': 'writable: [storage]\nmedia: [{path: storage/media, url: /media, mode: outbox}]\n',
    'public/index.php': APPLICATION,
    'storage/media/old.txt': 'old',
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), content);
  }
  sidecar = createServer(({ url = '' }, response) => {
    if (url === '/readyz') return response.end('{}');
    asked.push(url);
    const found = inBlob.get(url);
    return response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(found);
  });
  await new Promise<void>((resolve) => sidecar.listen(0, '127.0.0.1', resolve));
  const built = await buildPackage({ source, outDir: join(scratch, 'out'), cacheDir: join(scratch, 'cache') });
  expect(built.notices.join()).toContain('1 files of media with mode outbox stay here');
  await mkdir(join(scratch, 'mount'));
  container = await Container.create(join(scratch, 'container'), built.file, {
    SIDECAR_PORT: String((sidecar.address() as AddressInfo).port),
    MEDIA_MOUNT: join(scratch, 'mount'),
  });
  await container.start();
});

afterAll(async () => {
  await container?.stop();
  sidecar?.close();
  await removeDisk(scratch);
});

const home = (path: string): string => join(scratch, 'container/home/media', path);

async function read(name: string): Promise<[number, string]> {
  const answer = await fetch(`${container.url}/media/${name}`);
  return [answer.status, await answer.text()];
}

test('what the application writes lies in the outbox under the prefix of its entry, and is served at once', async () => {
  await fetch(`${container.url}/?${new URLSearchParams({ name: 'deep/a b#.txt', text: 'it' })}`);
  expect(await readFile(home('outbox/storage/media/deep/a b#.txt'), 'utf8')).toBe('it');
  expect(await read('deep/a%20b%23.txt')).toEqual([200, 'it']);
});

test('it is served wherever it is on its way: carried, in the mount, in Blob alone', async () => {
  const name = 'deep/a b#.txt';
  await mkdir(dirname(home(`synced/storage/media/${name}`)), { recursive: true });
  await rename(home(`outbox/storage/media/${name}`), home(`synced/storage/media/${name}`));
  expect(await read('deep/a%20b%23.txt')).toEqual([200, 'it']);
  const mounted = join(scratch, 'mount/storage/media', name);
  await mkdir(dirname(mounted), { recursive: true });
  await rename(home(`synced/storage/media/${name}`), mounted);
  expect(await read('deep/a%20b%23.txt')).toEqual([200, 'it']);
  await rm(mounted);
  inBlob.set('/blob/storage/media/deep/a%20b%23.txt', 'it');
  const answer = await fetch(`${container.url}/media/deep/a%20b%23.txt?width=3`);
  expect([answer.status, await answer.text()]).toEqual([200, 'it']);
  expect(answer.headers.get('content-security-policy')).toBe('sandbox');
  expect(asked).toEqual(['/blob/storage/media/deep/a%20b%23.txt']);
});

test('a name that is nowhere is 404, a script too, and nothing climbs out of the prefix', async () => {
  expect((await read('unknown.txt'))[0]).toBe(404);
  await fetch(`${container.url}/?${new URLSearchParams({ name: 'x.php', text: '<?php echo 1;' })}`);
  expect((await read('x.php'))[0]).toBe(404);
  await writeFile(home('outbox/secret.txt'), 'secret');
  for (const path of ['..%2f..%2fsecret.txt', '%2e%2e/%2e%2e/secret.txt', '../../secret.txt']) {
    expect((await read(path))[1]).not.toContain('secret');
  }
});

test('an outbox belongs to the slot: health looks at it', async () => {
  const { checks } = (await (await fetch(`${container.url}/_slipway/health`)).json()) as {
    checks: Record<string, { status: string }[]>;
  };
  expect(checks.outbox?.[0]?.status).toBe('pass');
});
