import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { systemPath } from '../processes/programs.ts';
import { RegionProcess } from '../processes/region-process.ts';
import { acceptsConnections, waitUntil } from '../processes/wait.ts';
import type { StatePaths } from '../state/paths.ts';
import type { Certificates } from './certificates.ts';

const readyWithinMs = 20_000;

export interface StorageAccount {
  readonly name: string;
  /** Base64, as Azure's account keys are. */
  readonly key: string;
  readonly containers: readonly string[];
}

export interface BlobOptions {
  readonly paths: StatePaths;
  readonly certificates: Certificates;
  readonly port: number;
  readonly accounts: readonly StorageAccount[];
}

/** The storage accounts on this machine: Azurite over TLS, with OAuth as on Azure, and their containers. */
export class Blob {
  readonly #options: BlobOptions;
  #process: RegionProcess | undefined;

  constructor(options: BlobOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
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
    const { paths, certificates, port, accounts } = this.#options;
    this.#process = new RegionProcess({
      name: 'blob',
      command: process.execPath,
      args: [
        createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js'),
        '--location',
        paths.blob,
        '--blobHost',
        '127.0.0.1',
        '--blobPort',
        String(port),
        '--cert',
        certificates.certFile,
        '--key',
        certificates.keyFile,
        '--oauth',
        'basic',
        '--skipApiVersionCheck',
        '--disableTelemetry',
        '--silent',
      ],
      env: {
        PATH: systemPath,
        AZURITE_ACCOUNTS: accounts.map((account) => `${account.name}:${account.key}`).join(';'),
      },
      cwd: paths.blob,
      logFile: join(paths.logs, 'blob.log'),
      recordDir: paths.processes,
      restart: false,
      stopSignal: 'SIGTERM',
    });
    await this.#process.start();
    await waitUntil('Blob (Azurite)', readyWithinMs, () => acceptsConnections(port));
    for (const account of accounts) {
      for (const container of account.containers) {
        await this.client(account).getContainerClient(container).createIfNotExists();
      }
    }
  }

  async stop(limitMs: number): Promise<void> {
    await this.#process?.stop(limitMs);
  }
}
