import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../coded-error.ts';
import * as defaults from '../defaults.ts';
import type { Log } from '../log.ts';
import type { CarryContext } from './carry-context.ts';
import type { Counters } from './counters.ts';
import { currentFingerprint, type Fingerprint, sameFile } from './fingerprint.ts';
import { reconcile } from './reconcile.ts';

export interface SecondLooksOptions {
  readonly context: CarryContext;
  readonly counters: Counters;
  readonly log: Log;
  /** Waits between two rounds; ends early when the signal aborts. */
  readonly pause: (signal: AbortSignal) => Promise<void>;
  /** False while Blob is unavailable. */
  readonly mayAsk: () => boolean;
  /** A file without the end of its format is carried as it is after this long without change. */
  readonly asIsMs: number;
}

interface Look {
  readonly path: string;
  /** Which look of LOOKS_AFTER_MS it is. */
  readonly number: number;
  readonly dueAtMs: number;
  /** The file as it was when its contents were in Blob. Undefined when that is not known. */
  readonly known: Fingerprint | undefined;
  /** The file as it was found changed, and since when it has been so. */
  readonly found?: { readonly fingerprint: Fingerprint; readonly sinceMs: number };
}

export interface Unfinished {
  readonly name: string;
  readonly reason: string;
}

const FILES_AT_ONCE = 16;

/**
 * Foreign files are looked at again after they were carried, because a writer that paused may have gone on. What changed is
 * reconciled with its blob. The looks are in memory: after a crash, retention finds young files in `synced` and adds them.
 */
export class SecondLooks {
  readonly #options: SecondLooksOptions;
  /** By the number of the look. Entries of one number come in the order in which they are due. */
  readonly #scheduled: readonly Map<string, Look>[] = defaults.LOOKS_AFTER_MS.map(() => new Map());
  /** Files that were found changed, or that could not be compared. */
  readonly #changing = new Map<string, Look>();
  readonly #stop = new AbortController();

  constructor(options: SecondLooksOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#scheduled.reduce((sum, looks) => sum + looks.size, this.#changing.size);
  }

  get isFull(): boolean {
    return this.size >= defaults.LOOKS_LIMIT;
  }

  has(path: string): boolean {
    return this.#changing.has(path) || this.#scheduled.some((looks) => looks.has(path));
  }

  /** Schedules the looks at a file that was carried. `known` is the file in `synced`, when it is surely what Blob has. */
  add(path: string, known: Fingerprint | undefined): void {
    this.#forget(path);
    this.#schedule(path, 0, known);
  }

  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (this.#options.mayAsk()) await this.look();
      await this.#options.pause(this.#stop.signal);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Looks at every file that is due. */
  async look(): Promise<void> {
    const now = this.#options.context.nowMs();
    for (const looks of [...this.#scheduled, this.#changing]) {
      for (const look of looks.values()) {
        if (this.#stop.signal.aborted) return;
        if (look.dueAtMs > now && looks !== this.#changing) break;
        if (look.dueAtMs <= now) await this.#lookAt(look);
      }
    }
  }

  /** Looks at every file at once, as before a swap. Returns those whose present contents are not in Blob. */
  async lookAtAll(): Promise<Unfinished[]> {
    const unfinished: Unfinished[] = [];
    const looks = [...this.#scheduled.flatMap((scheduled) => [...scheduled.values()]), ...this.#changing.values()];
    const next = looks.values();
    const worker = async (): Promise<void> => {
      for (const look of next) {
        const reason = await this.#finish(look);
        if (reason !== undefined) unfinished.push({ name: look.path, reason });
      }
    };
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, worker));
    return unfinished;
  }

  /** Why the file's present contents are not in Blob, or undefined when they are. */
  async #finish(look: Look): Promise<string | undefined> {
    const present = await currentFingerprint(join(this.#options.context.folders.synced, look.path));
    if (present === undefined || (look.known !== undefined && sameFile(look.known, present))) return undefined;
    return this.#reconcile(look, true);
  }

  async #lookAt(look: Look): Promise<void> {
    const { context } = this.#options;
    const present = await currentFingerprint(join(context.folders.synced, look.path)).catch(() => undefined);
    if (present === undefined) return this.#forget(look.path);
    if (look.known !== undefined && sameFile(look.known, present)) {
      // A change between the last check and the rename into synced shows in no time stamp, so small files are compared once.
      if (look.number === 0 && present.size <= defaults.IN_MEMORY_BYTES) await this.#reconcile(look, false);
      else this.#schedule(look.path, look.number + 1, look.known);
      return;
    }
    const now = context.nowMs();
    const unchanged = look.found !== undefined && sameFile(look.found.fingerprint, present);
    const found = unchanged && look.found !== undefined ? look.found : { fingerprint: present, sinceMs: now };
    // A file that was just found changed gets time to settle.
    if (look.known !== undefined && !unchanged) return this.#lookAgain({ ...look, found });
    await this.#reconcile({ ...look, found }, now - found.sinceMs >= this.#options.asIsMs);
  }

  /** Reconciles a file and schedules the next look. Returns why its present contents are not in Blob. */
  async #reconcile(look: Look, evenIncomplete: boolean): Promise<string | undefined> {
    const { context, counters, log } = this.#options;
    const { path, number } = look;
    try {
      const result = await reconcile(context, path, { evenIncomplete });
      if (result.kind === 'changing') {
        this.#lookAgain(look);
        return result.reason;
      }
      this.#forget(path);
      if (result.kind === 'same') {
        this.#schedule(path, number + 1, result.fingerprint);
      } else if (result.kind === 'replaced') {
        counters.counts.replaced += 1;
        log('warn', 'the file changed after it was carried; its blob was replaced', { name: path });
        // As long as it goes on changing, the last look is repeated.
        this.#schedule(path, Math.min(number + 1, defaults.LOOKS_AFTER_MS.length - 1), result.fingerprint);
      } else if (result.kind === 'conflict') {
        counters.counts.conflicts += 1;
        log(
          'error',
          'the file changed after it was carried, and its blob is not of this outbox; it was moved to conflicts',
          {
            name: path,
            movedTo: result.movedTo,
          },
        );
      }
      return undefined;
    } catch (error) {
      this.#lookAgain(look);
      return `changed after it was carried: ${reasonOf(error)}`;
    }
  }

  #schedule(path: string, number: number, known: Fingerprint | undefined): void {
    this.#forget(path);
    const looks = this.#scheduled[number];
    const [before = 0, after] = [defaults.LOOKS_AFTER_MS[number - 1], defaults.LOOKS_AFTER_MS[number]];
    if (looks === undefined || after === undefined) return;
    // The oldest of the late looks gives way: retention compares every file once more.
    if (this.isFull) this.#dropLast();
    looks.set(path, { path, number, known, dueAtMs: this.#options.context.nowMs() + after - before });
  }

  #lookAgain(look: Look): void {
    this.#forget(look.path);
    const dueAtMs = this.#options.context.nowMs() + defaults.SETTLE_MS;
    this.#changing.set(look.path, { ...look, dueAtMs });
  }

  #dropLast(): void {
    for (const looks of this.#scheduled.toReversed()) {
      const [path] = looks.keys();
      if (path === undefined) continue;
      looks.delete(path);
      return;
    }
  }

  #forget(path: string): void {
    this.#changing.delete(path);
    for (const looks of this.#scheduled) looks.delete(path);
  }
}

/** The pause between two rounds of looks. */
export function pauseBetweenLooks(signal: AbortSignal): Promise<void> {
  return sleep(defaults.LOOKS_EVERY_MS, undefined, { signal }).catch(() => undefined);
}
