import { lstat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobFailure } from '../blob/failure.ts';
import { reasonOf, systemCode } from '../coded-error.ts';
import * as defaults from '../defaults.ts';
import type { Log } from '../log.ts';
import type { CarryContext } from './carry-file.ts';
import { blobHas } from './compare-blob.ts';
import type { Counters } from './counters.ts';
import { digest } from './digest.ts';
import { sameFile } from './fingerprint.ts';
import { moveAside } from './moves.ts';
import { ulidTimeMs } from './names.ts';
import { type Opened, openRegularFile } from './open-regular-file.ts';
import { walk } from './walk.ts';

export interface RetentionOptions {
  readonly context: CarryContext;
  readonly counters: Counters;
  readonly log: Log;
  readonly retentionMs: number;
  readonly mayAsk: () => boolean;
}

type Open = Extract<Opened, { kind: 'open' }>;

/** Removes files from `synced` once they have been there for long enough, after comparing each with Blob once more. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #stop = new AbortController();

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const pause = Math.max(1_000, Math.min(defaults.RETENTION_SWEEP_LIMIT_MS, this.#options.retentionMs / 24));
    while (!this.#stop.signal.aborted) {
      try {
        await this.sweep();
      } catch (error) {
        this.#options.log('warn', 'synced cannot be looked through', { reason: reasonOf(error) });
      }
      await sleep(pause, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  async sweep(): Promise<void> {
    const { context } = this.#options;
    let kept = 0;
    for await (const entry of walk(context.folders.synced, context.nowMs)) {
      if (this.#stop.signal.aborted) return;
      if (entry.kind !== 'file' || !(await this.#removeIfExpired(entry.path))) kept += 1;
    }
    this.#options.counters.synced = kept;
  }

  /** True when the file has left `synced`. */
  async #removeIfExpired(path: string): Promise<boolean> {
    const { context, retentionMs, mayAsk, log } = this.#options;
    const { synced } = context.folders;
    // No file is older than its name; those of the application need not even be looked at.
    if (context.nowMs() - (ulidTimeMs(path) ?? 0) < retentionMs || !mayAsk()) return false;
    try {
      const { mtimeMs, ctimeMs } = await lstat(join(synced, path));
      // A rename leaves mtime alone and sets ctime, so the later of the two is when the file came here.
      if (context.nowMs() - Math.max(mtimeMs, ctimeMs) < retentionMs) return false;
      const opened = await openRegularFile(synced, path);
      if (opened.kind !== 'open') return opened.kind === 'gone';
      try {
        return await this.#compareAndRemove(path, opened);
      } finally {
        await opened.handle.close();
      }
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return true;
      if (!(error instanceof BlobFailure))
        log('warn', 'a file cannot leave synced', { name: path, reason: reasonOf(error) });
      return false;
    }
  }

  /** Compares, and then removes or moves aside. True when the file has left `synced`. */
  async #compareAndRemove(path: string, opened: Open): Promise<boolean> {
    const { context, log, counters } = this.#options;
    const { synced, conflicts } = context.folders;
    const same = await this.#matches(path, opened);
    const again = await openRegularFile(synced, path);
    if (again.kind !== 'open') return again.kind === 'gone';
    await again.handle.close();
    if (!sameFile(opened.fingerprint, again.fingerprint)) return false;
    if (same) {
      await unlink(join(synced, path));
      counters.counts.removedFromSynced += 1;
      return true;
    }
    const movedTo = await moveAside(join(synced, path), conflicts, path);
    if (movedTo === undefined) return true;
    counters.counts.conflicts += 1;
    log('error', 'the file differs from its blob; moved from synced to conflicts', { name: path, movedTo });
    return true;
  }

  async #matches(path: string, opened: Open): Promise<boolean> {
    const { breaker, store } = this.#options.context;
    const contents = await digest(opened.handle, opened.fingerprint.size);
    if (contents === undefined) return false;
    try {
      return await blobHas(breaker, store, path, opened.fingerprint.size, contents.md5);
    } catch (error) {
      if (error instanceof BlobFailure && error.kind === 'missing') return false;
      throw error;
    }
  }
}
