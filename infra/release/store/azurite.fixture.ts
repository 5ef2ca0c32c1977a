import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { AZURITE_ARGUMENTS } from '../../lib/azurite.ts';
import { COMPILE_CACHE } from '../../lib/compile-cache.ts';

/** Azurite's well-known development account. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const START_LIMIT_MS = 90_000;

/** A real Azurite on a port that it chooses, for one test file. */
export class TestAzurite {
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #endpoint: string;
  #containers = 0;

  private constructor(child: ChildProcess, directory: string, endpoint: string) {
    this.#child = child;
    this.#directory = directory;
    this.#endpoint = endpoint;
  }

  static async start(): Promise<TestAzurite> {
    const directory = await mkdtemp(join(tmpdir(), 'slipway-azurite-'));
    const args = [
      '--blobHost',
      '127.0.0.1',
      '--blobPort',
      '0',
      '--location',
      directory,
      '--skipApiVersionCheck',
      '--disableTelemetry',
    ];
    const child = spawn(process.execPath, [...AZURITE_ARGUMENTS, ...args], {
      env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      return new TestAzurite(child, directory, `${await addressOf(child)}/${ACCOUNT}`);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** A new, empty container. */
  async container(): Promise<ContainerClient> {
    this.#containers += 1;
    const url = `${this.#endpoint}/releases-${this.#containers}`;
    const client = new ContainerClient(url, new StorageSharedKeyCredential(ACCOUNT, KEY));
    await client.create();
    return client;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await ended;
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** The address it prints once it listens. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error('Azurite did not start in time')), START_LIMIT_MS);
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const found = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
      if (found === undefined) return;
      clearTimeout(deadline);
      resolve(found);
    });
    child.once('exit', () => reject(new Error(`Azurite ended: ${text}`)));
  });
}
