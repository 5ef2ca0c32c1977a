import { access, constants, mkdir, stat, writeFile } from 'node:fs/promises';
import { watchMount } from './watched.ts';

/** How App Service looks whether a Files mount is there. */
const PROBE_MS = 5_000;
const FAILED_PROBES_UNTIL_LOST = 18;

export interface ShareOptions {
  readonly account: string;
  readonly name: string;
  readonly directory: string;
  /** Called when the share could not be reached for a while, and again after each such while. */
  readonly onLost?: () => void;
  /** Milliseconds between two looks at the share. Default: 5000 */
  readonly probeMs?: number;
}

/** An Azure Files share: one directory for every container that mounts it, read and written. */
export class Share {
  readonly type = 'AzureFiles';
  readonly account: string;
  readonly name: string;
  readonly directory: string;
  readonly #onLost: () => void;
  readonly #probeMs: number;
  readonly #stopped = new AbortController();
  #watch: Promise<void> | undefined;

  constructor(options: ShareOptions) {
    this.account = options.account;
    this.name = options.name;
    this.directory = options.directory;
    this.#onLost = options.onLost ?? (() => undefined);
    this.#probeMs = options.probeMs ?? PROBE_MS;
  }

  /** As the program creates it, once: one that is gone is away, and not an empty one. */
  async create(): Promise<void> {
    const created = `${this.directory}.created`;
    const isCreated = await stat(created).then(
      () => true,
      () => false,
    );
    if (isCreated) return;
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await writeFile(created, '');
  }

  async start(): Promise<void> {
    this.#watch ??= watchMount({
      probeMs: this.#probeMs,
      failuresUntilLost: FAILED_PROBES_UNTIL_LOST,
      signal: this.#stopped.signal,
      reach: () => this.reach(),
      onLost: this.#onLost,
    });
  }

  /** Rejects when the share cannot be read and written. */
  async reach(): Promise<void> {
    if (!(await stat(this.directory)).isDirectory()) throw new Error(`${this.name} is not a share`);
    await access(this.directory, constants.R_OK | constants.W_OK | constants.X_OK);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#watch;
  }
}
