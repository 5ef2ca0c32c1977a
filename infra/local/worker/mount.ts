import { chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerClient } from '@azure/storage-blob';
import { watchMount } from './watched.ts';

/** On Azure a Blob mount shows a new blob late; here it is up to this late. */
const INTERVAL_MS = 2_000;
/** Listing a large container takes at most one part in this many of the region's time. */
const IDLE_SHARE = 20;
const PAGE_SIZE = 1_000;
/** How App Service looks whether a Blob mount is there. */
const PROBE_MS = 5_000;
const FAILED_PROBES_UNTIL_LOST = 15;

export interface MountOptions {
  readonly account: string;
  readonly container: ContainerClient;
  readonly directory: string;
  /** Called when the container could not be reached for a while, and again after each such while. */
  readonly onLost?: () => void;
  /** Milliseconds between two looks at the container. Default: 5000 */
  readonly probeMs?: number;
}

/**
 * A Blob container mounted read-only: a directory that is kept equal to the container. A file is written under another
 * name and renamed, has mode 0444, and is removed when its blob is removed.
 */
export class Mount {
  readonly type = 'AzureBlob';
  readonly account: string;
  /** Of the container. */
  readonly name: string;
  readonly directory: string;
  readonly #container: ContainerClient;
  readonly #etags = new Map<string, string>();
  readonly #stopped = new AbortController();
  readonly #probeMs: number;
  readonly #onLost: () => void;
  #loop: Promise<unknown> | undefined;

  constructor(options: MountOptions) {
    this.account = options.account;
    this.name = options.container.containerName;
    this.#container = options.container;
    this.directory = options.directory;
    this.#probeMs = options.probeMs ?? PROBE_MS;
    this.#onLost = options.onLost ?? (() => undefined);
  }

  /** The container is Blob’s to make; the directory is made when it is attached. */
  async create(): Promise<void> {}

  /** A second call changes nothing. */
  async start(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    this.#loop ??= Promise.all([this.#follow(), this.#watch()]);
  }

  /** Rejects when the container cannot be read. */
  async reach(): Promise<void> {
    const abortSignal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(PROBE_MS)]);
    await this.#container.getProperties({ abortSignal });
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const before = Date.now();
      // While Blob is unavailable, the mount keeps its files.
      await this.#pass().catch(() => undefined);
      const pause = Math.max(INTERVAL_MS, (Date.now() - before) * IDLE_SHARE);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  #watch(): Promise<void> {
    return watchMount({
      probeMs: this.#probeMs,
      failuresUntilLost: FAILED_PROBES_UNTIL_LOST,
      signal: this.#stopped.signal,
      reach: () => this.reach(),
      onLost: this.#onLost,
    });
  }

  async #pass(): Promise<void> {
    const abortSignal = this.#stopped.signal;
    const seen = new Set<string>();
    for await (const page of this.#container.listBlobsFlat({ abortSignal }).byPage({ maxPageSize: PAGE_SIZE })) {
      for (const blob of page.segment.blobItems) {
        if (!isPlainPath(blob.name)) continue;
        seen.add(blob.name);
        const etag = blob.properties.etag;
        if (this.#etags.get(blob.name) === etag) continue;
        const target = join(this.directory, blob.name);
        const known = await stat(target).catch(() => undefined);
        // After a restart of the region the ETags are not known. A file younger than the blob, of its size, is the blob.
        const same =
          known !== undefined &&
          !this.#etags.has(blob.name) &&
          known.size === blob.properties.contentLength &&
          known.mtimeMs >= blob.properties.lastModified.getTime();
        // A blob whose name this file system cannot hold is left out of the mount.
        if (same || (await this.#isDownloaded(blob.name, target))) this.#etags.set(blob.name, etag);
      }
    }
    await this.#removeOthers(this.directory, seen);
  }

  async #isDownloaded(name: string, target: string): Promise<boolean> {
    return this.#download(name, target).then(
      () => true,
      () => false,
    );
  }

  async #download(name: string, target: string): Promise<void> {
    const answer = await this.#container.getBlobClient(name).download(0, undefined, {
      abortSignal: this.#stopped.signal,
    });
    if (answer.readableStreamBody === undefined) return;
    const partial = join(this.directory, `.partial-${process.pid}`);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const file = await open(partial, 'w', 0o600);
    await pipeline(answer.readableStreamBody, file.createWriteStream());
    await chmod(partial, 0o444);
    await rename(partial, target);
  }

  async #removeOthers(directory: string, seen: ReadonlySet<string>): Promise<void> {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) await this.#removeOthers(path, seen);
      else if (!seen.has(relative(this.directory, path))) {
        this.#etags.delete(relative(this.directory, path));
        await rm(path, { force: true });
      }
    }
  }
}

/** Whether a blob's name is a relative path below the mount. Other names are not shown. */
export function isPlainPath(name: string): boolean {
  return (
    name !== '' && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'))
  );
}
