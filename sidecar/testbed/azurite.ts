import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import type { CertificateFiles } from './certificate.ts';
import { freePort } from './free-port.ts';
import { endProcess, startProcess } from './processes.ts';
import { until } from './until.ts';

const COMPILE_CACHE = join(import.meta.dirname, '../../.setup/compiled-azurite');

/** Azurite's well-known development account. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const PROGRAM = [
  '--import',
  new URL('azurite-without-telemetry.mjs', import.meta.url).href,
  createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js'),
];

export interface AzuriteOptions {
  readonly folder: string;
  readonly certificate: CertificateFiles;
  readonly inMemory?: boolean;
}

/** A real Azurite over TLS with OAuth, on a free port, with one container. */
export class Azurite {
  readonly port: number;
  readonly endpoint: string;
  readonly containerName = 'media';
  readonly #options: AzuriteOptions;
  #child: ChildProcess | undefined;
  #output = '';

  static async start(options: AzuriteOptions): Promise<Azurite> {
    const azurite = new Azurite(options, await freePort());
    try {
      await azurite.up();
      await azurite.container().createIfNotExists();
    } catch (error) {
      await azurite.down('SIGKILL');
      throw error;
    }
    return azurite;
  }

  private constructor(options: AzuriteOptions, port: number) {
    this.#options = options;
    this.port = port;
    this.endpoint = `https://127.0.0.1:${port}/${ACCOUNT}/`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async up(): Promise<void> {
    const { folder, certificate, inMemory } = this.#options;
    const location = join(folder, 'azurite');
    await mkdir(location, { recursive: true });
    const where = inMemory === true ? ['--inMemoryPersistence'] : ['--location', location];
    const args = [
      ...PROGRAM,
      '--blobHost',
      '127.0.0.1',
      '--blobPort',
      String(this.port),
      '--oauth',
      'basic',
      '--cert',
      certificate.cert,
      '--key',
      certificate.key,
      '--skipApiVersionCheck',
      '--disableTelemetry',
      '--silent',
      ...where,
    ];
    this.#child = startProcess(process.execPath, args, {
      env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (data) => this.#say(data));
    this.#child.stderr?.on('data', (data) => this.#say(data));
    await until('Azurite listens', () => this.#answers(), 60_000, 50).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.#output}`);
    });
  }

  async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child !== undefined) await endProcess(this.#child, signal);
    this.#child = undefined;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** The container through the account's key, as the test looks at it. */
  container(): ContainerClient {
    return new ContainerClient(`${this.endpoint}${this.containerName}`, new StorageSharedKeyCredential(ACCOUNT, KEY));
  }

  /** A signature for tools that can neither use the key nor a token. */
  sas(): string {
    const credential = new StorageSharedKeyCredential(ACCOUNT, KEY);
    const expiresOn = new Date(Date.now() + 3_600_000);
    const permissions = ContainerSASPermissions.parse('racwdl');
    return generateBlobSASQueryParameters(
      { containerName: this.containerName, permissions, expiresOn },
      credential,
    ).toString();
  }

  /** SHA-256 of every blob. */
  async manifest(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for await (const { name } of this.container().listBlobsFlat()) {
      const bytes = await this.container().getBlobClient(name).downloadToBuffer();
      found.set(name, createHash('sha256').update(bytes).digest('hex'));
    }
    return found;
  }

  #say(data: Buffer): void {
    this.#output = (this.#output + data.toString()).slice(-4_000);
  }

  async #answers(): Promise<boolean> {
    if (this.#child?.exitCode !== null) throw new Error(`Azurite ended: ${this.#output}`);
    try {
      await this.container().exists({ abortSignal: AbortSignal.timeout(1_000) });
      return true;
    } catch {
      return false;
    }
  }
}
