import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Status } from '../src/status.ts';
import { bundledSidecar } from './bundled-sidecar.ts';
import { freePort } from './free-port.ts';
import { endProcess, startProcess } from './processes.ts';
import { until } from './until.ts';

/** As in the image. */
const NODE_FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=50'];
/** The image runs as a plain user, so file modes have to hold when root runs a test, too. */
const OBEYING_MODES = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--'];

export interface SidecarProcessOptions {
  readonly mediaRoot: string;
  readonly blobEndpoint: string;
  readonly identityUrl: string;
  readonly identityHeader: string;
  readonly caFile: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The real sidecar as a process of its own. */
export class SidecarProcess {
  readonly url: string;
  readonly mediaRoot: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #bundle = bundledSidecar(NODE_FLAGS);
  #child: ChildProcess | undefined;
  output = '';

  static async start(options: SidecarProcessOptions): Promise<SidecarProcess> {
    const sidecar = new SidecarProcess(options, await freePort());
    await mkdir(sidecar.outbox, { recursive: true });
    await sidecar.up();
    return sidecar;
  }

  private constructor(options: SidecarProcessOptions, port: number) {
    this.mediaRoot = options.mediaRoot;
    this.url = `http://127.0.0.1:${port}`;
    this.env = {
      PATH: process.env.PATH ?? '',
      NODE_EXTRA_CA_CERTS: options.caFile,
      // As in the image.
      UV_THREADPOOL_SIZE: '16',
      MALLOC_ARENA_MAX: '2',
      NODE_COMPILE_CACHE: this.#bundle.compileCache,
      SIDECAR_PORT: String(port),
      SLOT_NAME: 'production',
      MEDIA_ROOT: options.mediaRoot,
      MEDIA_BLOB_ENDPOINT: options.blobEndpoint,
      MEDIA_CONTAINER: 'media',
      AZURE_CLIENT_ID: '11111111-1111-1111-1111-111111111111',
      IDENTITY_ENDPOINT: options.identityUrl,
      IDENTITY_HEADER: options.identityHeader,
      // Nothing listens on these: the sync must not mind.
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: '1',
      REDIS_PASSWORD: 'unused',
      TLS_CA_FILE: options.caFile,
      RELEASE_TOKEN: 'release-token-of-the-test',
      APP_INTERNAL_URL: 'http://127.0.0.1:1',
      APPLICATIONINSIGHTS_CONNECTION_STRING:
        'InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://127.0.0.1:1/',
      WEBSITE_INSTANCE_ID: 'instance-of-the-test',
      ...options.env,
    };
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get outbox(): string {
    return join(this.mediaRoot, 'outbox');
  }

  get synced(): string {
    return join(this.mediaRoot, 'synced');
  }

  get conflicts(): string {
    return join(this.mediaRoot, 'conflicts');
  }

  get ended(): boolean {
    return this.#child === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Starts it and waits until it is ready. */
  async up(extra: Readonly<Record<string, string>> = {}): Promise<void> {
    const node = [process.execPath, ...NODE_FLAGS, this.#bundle.main];
    const [command = '', ...args] = process.getuid?.() === 0 ? [...OBEYING_MODES, ...node] : node;
    const child = startProcess(command, args, {
      env: { ...this.env, ...extra },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    child.stderr?.on('data', (data: Buffer) => {
      this.output = (this.output + data.toString()).slice(-200_000);
    });
    await until('the sidecar is ready', () => this.#isReady()).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.output}`);
    });
  }

  async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    return this.#child === undefined ? null : endProcess(this.#child, signal);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Closes the reading end of its log. */
  closeLog(): void {
    this.#child?.stderr?.destroy();
  }

  async status(): Promise<Status> {
    const response = await fetch(`${this.url}/status`);
    return (await response.json()) as Status;
  }

  carry(name: string, waitMs = 30_000, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/carry?name=${encodeURIComponent(name)}&wait=${waitMs}`, { method: 'POST', headers });
  }

  /**
   * Carries a file while Blob works. Repeated while the sidecar is of another opinion, which it is on a machine that is too
   * busy to answer a probe in time.
   */
  carryOnceAvailable(name: string, waitMs = 30_000, headers: Record<string, string> = {}): Promise<Response> {
    return until(`${name} is carried`, async () => {
      const answer = await this.carry(name, waitMs, headers);
      return answer.status !== 202 && answer.status !== 503 && answer;
    });
  }

  drain(timeoutS: number): Promise<Response> {
    return fetch(`${this.url}/drain?timeout=${timeoutS}`, { method: 'POST' });
  }

  retry(name?: string): Promise<Response> {
    return fetch(`${this.url}/retry${name === undefined ? '' : `?name=${encodeURIComponent(name)}`}`, {
      method: 'POST',
    });
  }

  setAside(name: string): Promise<Response> {
    return fetch(`${this.url}/set-aside?name=${encodeURIComponent(name)}`, { method: 'POST' });
  }

  blob(name: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.url}/blob/${name.split('/').map(encodeURIComponent).join('/')}`, init);
  }

  async #isReady(): Promise<boolean> {
    if (this.ended) throw new Error(`the sidecar ended: ${this.output}`);
    try {
      return (await fetch(`${this.url}/readyz`)).ok;
    } catch {
      return false;
    }
  }
}
