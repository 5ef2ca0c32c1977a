import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { freePort } from '../../lib/free-port.ts';
import type { BlobGrant } from '../program/system-definition.ts';
import { createStateDirectories } from '../state/files.ts';
import { type StatePaths, statePaths } from '../state/paths.ts';
import { AccessTokens } from './access-tokens.ts';
import { Blob, type StorageAccount } from './blob.ts';
import { ensureCertificates } from './certificates.ts';

export interface BlobFixture {
  readonly blob: Blob;
  readonly paths: StatePaths;
  readonly tokens: AccessTokens;
  /** Azurite itself, without the gateway: `http://127.0.0.1:PORT`. */
  readonly azurite: string;
  remove(): Promise<void>;
}

/** Started storage accounts in a state directory of their own; this process trusts their CA. */
export async function blobFixture(
  accounts: readonly StorageAccount[],
  grants: readonly BlobGrant[] = [],
): Promise<BlobFixture> {
  const paths = statePaths(await mkdtemp(join(tmpdir(), 'sw-blob-')));
  await createStateDirectories(paths);
  const { caFile, keyFile, certFile } = await ensureCertificates(paths, new Date());
  setDefaultCACertificates([...getCACertificates('default'), await readFile(caFile, 'utf8')]);
  const tokens = new AccessTokens('https://issuer/', () => new Date());
  const tls = { key: await readFile(keyFile), cert: await readFile(certFile) };
  const port = await freePort();
  const azuritePort = await freePort(new Set([port]));
  const blob = new Blob({ paths, tls, port, azuritePort, accounts, tokens, grants });
  await blob.start();
  return {
    blob,
    paths,
    tokens,
    azurite: `http://127.0.0.1:${azuritePort}`,
    remove: async () => {
      await blob.stop(2_000);
      await rm(paths.root, { recursive: true, force: true });
    },
  };
}
