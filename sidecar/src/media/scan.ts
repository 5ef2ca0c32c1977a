import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../codedError.ts';
import * as defaults from '../defaults.ts';
import { fingerprintOf } from './fingerprint.ts';
import { isUlidName, ulidTimeMs } from './names.ts';
import { graceMs } from './peers.ts';
import type { Uploader } from './uploader.ts';
import type { Waitlist } from './waitlist.ts';
import { walk } from './walk.ts';

export interface ScanOptions {
  readonly outbox: string;
  readonly uploader: Uploader;
  readonly waitlist: Waitlist;
  readonly intervalMs: number;
  readonly nowMs: () => number;
  /** False while Blob is away: then the outbox is looked at, and nothing taken. */
  readonly mayUpload: () => boolean;
  readonly self: () => string;
  /** The other instances on this outbox. */
  readonly others: () => readonly string[];
  /** Called at the beginning of every pass, or with the reason when the outbox cannot be read. */
  readonly onPass: (problem: string | undefined) => void;
}

interface Pass {
  readonly seen: number;
  /** Time spent waiting for a free place, which is not the scan's own. */
  readonly waitedMs: number;
}

/** Looks through the outbox again and again and has taken what can be taken. What `carry` makes fast, this makes right. */
export class Scan {
  readonly #options: ScanOptions;
  #stopped = false;
  #woken = false;
  #wake: (() => void) | undefined;

  constructor(options: ScanOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { nowMs, intervalMs, onPass } = this.#options;
    while (!this.#stopped) {
      const begun = nowMs();
      let pass: Pass = { seen: 0, waitedMs: 0 };
      try {
        pass = await this.#pass();
      } catch (error) {
        onPass(reasonOf(error));
      }
      const spent = nowMs() - begun - pass.waitedMs;
      const rest = pass.seen < defaults.LARGE_OUTBOX_FILES ? 0 : spent / defaults.SCAN_DUTY - spent;
      await this.#pause(Math.max(intervalMs, rest));
    }
  }

  /** Ends the pause before the next pass. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  async #pass(): Promise<Pass> {
    const { outbox, uploader, waitlist, nowMs, mayUpload, onPass } = this.#options;
    const pass = { seen: 0, waitedMs: 0 };
    // A pass lasts as long as the backlog does; that the outbox can be read is known before.
    await (await opendir(outbox)).close();
    onPass(undefined);
    waitlist.beginPass();
    for await (const entry of walk(outbox, nowMs)) {
      if (this.#stopped) return pass;
      pass.seen += 1;
      if (entry.kind === 'refused' || uploader.isInHand(entry.path) || waitlist.mustWait(entry.path)) continue;
      if (!(await this.#mayTake(entry.path)) || !mayUpload()) continue;
      const begun = nowMs();
      await uploader.take(entry.path);
      pass.waitedMs += nowMs() - begun;
    }
    waitlist.endPass();
    return pass;
  }

  async #mayTake(path: string): Promise<boolean> {
    const { outbox, waitlist } = this.#options;
    if (isUlidName(path)) return !this.#leaves(path);
    // Without this, a backlog of foreign files would be looked at one by one in every pass.
    if (waitlist.get(path) === undefined && !waitlist.hasRoom) return false;
    try {
      return waitlist.hasSettled(path, fingerprintOf(await lstat(join(outbox, path)))) && !this.#leaves(path);
    } catch {
      return false;
    }
  }

  /** Leaves a fresh file to another instance for a moment. */
  #leaves(path: string): boolean {
    const { waitlist, self, others, nowMs } = this.#options;
    const grace = graceMs(path, self(), others());
    if (grace === 0 || waitlist.get(path)?.kind === 'left') return false;
    const age = nowMs() - (ulidTimeMs(path) ?? waitlist.get(path)?.sinceMs ?? nowMs());
    if (age >= grace) return false;
    // Without room to remember it there is no grace: a double upload is the lesser evil.
    return waitlist.hold(path, 'left', 'left to another instance', grace - Math.max(0, age));
  }

  async #pause(ms: number): Promise<void> {
    if (this.#stopped || this.#woken) {
      this.#woken = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#woken = false;
    this.#wake = undefined;
  }
}
