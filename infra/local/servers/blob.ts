import { join } from 'node:path';
import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  BlobServiceClient,
  generateAccountSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { AZURITE_ARGUMENTS } from '../../lib/azurite.ts';
import { COMPILE_CACHE } from '../../lib/compile-cache.ts';
import { systemPath } from '../processes/programs.ts';
import { RegionProcess } from '../processes/region-process.ts';
import { acceptsConnections, waitUntil } from '../processes/wait.ts';
import type { BlobGrant } from '../program/system-definition.ts';
import type { StatePaths } from '../state/paths.ts';
import type { AccessTokens } from './access-tokens.ts';
import { BlobGateway } from './blob-gateway.ts';

const READY_WITHIN_MS = 20_000;
/** Longer than a region runs. */
const SIGNATURE_LIFE_MS = 10 * 365 * 86_400_000;

export interface StorageAccount {
  readonly name: string;
  /** Base64, as Azure's account keys are. */
  readonly key: string;
  readonly containers: readonly string[];
}

export interface BlobOptions {
  readonly paths: StatePaths;
  readonly tls: { readonly key: Buffer; readonly cert: Buffer };
  /** Where clients connect, over TLS. */
  readonly port: number;
  /** Where Azurite listens; it answers nobody without an account's key. */
  readonly azuritePort: number;
  readonly tokens: AccessTokens;
  readonly grants: readonly BlobGrant[];
  readonly accounts: readonly StorageAccount[];
}

/** The storage accounts on this machine and their containers: Azurite, behind a gateway for TLS and tokens. */
export class Blob {
  readonly #options: BlobOptions;
  readonly #gateway: BlobGateway;
  #process: RegionProcess | undefined;

  constructor(options: BlobOptions) {
    this.#options = options;
    const { port, azuritePort, accounts, tls, tokens, grants } = options;
    const signatures = new Map(accounts.map((account) => [account.name, sharedAccessSignature(account)]));
    const signature = (account: string): string => signatures.get(account) ?? '';
    this.#gateway = new BlobGateway({ port, tls, upstream: azuritePort, tokens, grants, signature });
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** ISO 8601; undefined while it runs. */
  get downSince(): string | undefined {
    return this.#process?.endedAt;
  }

  endpoint(account: string): string {
    return `https://127.0.0.1:${this.#options.port}/${account}`;
  }

  /** A client with the account's key: for the region itself, which plays the platform. Needs the CA in this process. */
  client(account: StorageAccount): BlobServiceClient {
    return new BlobServiceClient(
      this.endpoint(account.name),
      new StorageSharedKeyCredential(account.name, account.key),
      { retryOptions: { maxTries: 3, retryDelayInMs: 100 } },
    );
  }

  async start(): Promise<void> {
    if (this.#process?.running) return;
    const { paths, azuritePort, accounts } = this.#options;
    this.#process = new RegionProcess({
      name: 'blob',
      command: process.execPath,
      args: [
        ...AZURITE_ARGUMENTS,
        '--location',
        paths.blob,
        '--blobHost',
        '127.0.0.1',
        '--blobPort',
        String(azuritePort),
        '--skipApiVersionCheck',
        '--disableTelemetry',
        '--silent',
      ],
      env: {
        PATH: systemPath,
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        AZURITE_ACCOUNTS: accounts.map((account) => `${account.name}:${account.key}`).join(';'),
      },
      cwd: paths.blob,
      logFile: join(paths.logs, 'blob.log'),
      recordDir: paths.processes,
      restart: false,
      stopSignal: 'SIGTERM',
      // Without Azurite nobody is to be connected: a client knows at once that Blob is unavailable.
      onEnd: () => this.#gateway.close(),
    });
    await this.#process.start();
    await waitUntil('Blob (Azurite)', READY_WITHIN_MS, () => acceptsConnections(azuritePort));
    await this.#gateway.listen();
    for (const account of accounts) {
      for (const container of account.containers) {
        await this.client(account).getContainerClient(container).createIfNotExists();
      }
    }
  }

  async stop(limitMs: number): Promise<void> {
    this.#gateway.close();
    await this.#process?.stop(limitMs);
  }
}

/** What the gateway adds to a request whose token it accepted: all that the role Storage Blob Data Contributor allows. */
function sharedAccessSignature({ name, key }: StorageAccount): string {
  return generateAccountSASQueryParameters(
    {
      services: AccountSASServices.parse('b').toString(),
      resourceTypes: AccountSASResourceTypes.parse('co').toString(),
      permissions: AccountSASPermissions.parse('rwdlac'),
      expiresOn: new Date(Date.now() + SIGNATURE_LIFE_MS),
    },
    new StorageSharedKeyCredential(name, key),
  ).toString();
}
