import { createHash } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestAzurite } from '../release/store/azurite.fixture.ts';
import { MediaDrill } from './media-drill.ts';

/** Azurite's well-known development account. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

let azurite: TestAzurite;
let production: ContainerClient;

beforeAll(async () => {
  azurite = await TestAzurite.start();
}, 120_000);

afterAll(async () => {
  await azurite.stop();
});

async function upload(name: string, text: string): Promise<void> {
  await production.getBlockBlobClient(name).upload(text, Buffer.byteLength(text), {
    metadata: { writer: 'sidecar' },
    blobHTTPHeaders: { blobContentType: 'image/png', blobContentMD5: createHash('md5').update(text).digest() },
  });
}

function drill(): MediaDrill {
  const endpoint = production.url.slice(0, -production.containerName.length - 1);
  return new MediaDrill({ endpoint, account: ACCOUNT, container: production.containerName, key: KEY }, () => undefined);
}

async function names(options: { readonly includeSnapshots?: boolean } = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of production.listBlobsFlat(options)) found.push(name);
  return found;
}

test('files come back from their snapshots; what the drill made goes, and no snapshot of anybody else', async () => {
  production = await azurite.container();
  await upload('a.png', 'a');
  await upload('b/ü.png', 'b');
  await production.getBlobClient('a.png').createSnapshot();
  const one = drill();
  await one.clean();
  expect(await one.run()).toMatchObject({ files: 2, bytes: 2, different: [], lost: [] });
  expect(await names({ includeSnapshots: true })).toHaveLength(5);
  await one.clean();
  expect(await names({ includeSnapshots: true })).toEqual(['a.png', 'a.png', 'b/ü.png']);
  expect((await production.getBlobClient('a.png').getProperties()).metadata).toEqual({ writer: 'sidecar' });
});

test('a file whose bytes are not those that its MD5 says is a difference', async () => {
  production = await azurite.container();
  await upload('a.png', 'a');
  await production.getBlobClient('a.png').setHTTPHeaders({ blobContentMD5: createHash('md5').update('x').digest() });
  const one = drill();
  expect(await one.run()).toMatchObject({ files: 1, different: ['a.png'] });
  await one.clean();
});
