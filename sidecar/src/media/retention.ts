import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobFailure } from '../blob/failure.ts';
import { reasonOf } from '../coded-error.ts';
import * as defaults from '../defaults.ts';
import type { Log } from '../log.ts';
import type { CarryContext } from './carry-context.ts';
import type { Counters } from './counters.ts';
import { currentFingerprint } from './fingerprint.ts';
import { ulidTimeMs } from './names.ts';
import { reconcile } from './reconcile.ts';
import type { SecondLooks } from './second-looks.ts';
import { walk } from './walk.ts';

export interface RetentionOptions {
  readonly context: CarryContext;
  readonly counters: Counters;
  readonly log: Log;
  readonly retentionMs: number;
  /** False while Blob is unavailable. */
  readonly mayAsk: () => boolean;
  /** Looks again at young foreign files, also at those of an instance that is gone. */
  readonly looks: Pick<SecondLooks, 'add' | 'has' | 'isFull'>;
}

const LAST_LOOK_MS = Math.max(...defaults.LOOKS_AFTER_MS);

/** Removes files from `synced` after their retention, once each has been compared with its blob again. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #stop = new AbortController();
  readonly #pauseMs: number;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#pauseMs = Math.max(1_000, Math.min(defaults.RETENTION_SWEEP_LIMIT_MS, options.retentionMs / 24));
  }

  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.sweep();
      } catch (error) {
        this.#options.log('warn', 'synced cannot be read', { reason: reasonOf(error) });
      }
      await sleep(this.#pauseMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
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
    const { context, retentionMs, mayAsk, log, looks } = this.#options;
    // No file is older than its name, so most files of the application need no look at the file system.
    const ulidMs = ulidTimeMs(path);
    if (ulidMs !== undefined && context.nowMs() - ulidMs < retentionMs) return false;
    try {
      const found = await currentFingerprint(join(context.folders.synced, path));
      if (found === undefined) return true;
      // A rename leaves mtime alone and sets ctime, so the later one is the time at which the file came here.
      const ageMs = context.nowMs() - Math.max(found.mtimeMs, found.ctimeMs);
      const isYoung = ageMs < LAST_LOOK_MS + 2 * this.#pauseMs;
      if (ulidMs === undefined && isYoung && !looks.has(path) && !looks.isFull) looks.add(path, undefined);
      return ageMs >= retentionMs && mayAsk() && (await this.#compareAndRemove(path));
    } catch (error) {
      if (!(error instanceof BlobFailure))
        log('warn', 'a file cannot leave synced', { name: path, reason: reasonOf(error) });
      return false;
    }
  }

  /** Removes the file when its blob has the same contents. True when the file has left `synced`. */
  async #compareAndRemove(path: string): Promise<boolean> {
    const { context, log, counters } = this.#options;
    const result = await reconcile(context, path, { evenIncomplete: true });
    if (result.kind === 'gone') return true;
    if (result.kind === 'conflict') {
      counters.counts.conflicts += 1;
      log('error', 'the file differs from its blob; moved from synced to conflicts', {
        name: path,
        movedTo: result.movedTo,
      });
      return true;
    }
    if (result.kind === 'replaced') {
      counters.counts.replaced += 1;
      log('warn', 'the file changed after it was carried; its blob was replaced', { name: path });
    }
    // What was just replaced is compared once more by the next sweep.
    if (result.kind !== 'same') return false;
    await unlink(join(context.folders.synced, path));
    counters.counts.removedFromSynced += 1;
    return true;
  }
}
