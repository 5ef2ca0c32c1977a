import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../coded-error.ts';
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
  /** False while Blob is unavailable. The outbox is read then, but nothing is taken. */
  readonly mayUpload: () => boolean;
  readonly self: () => string;
  /** The other instances on this outbox. */
  readonly others: () => readonly string[];
  /** Called at the start of every pass, with the reason when the outbox cannot be read. */
  readonly onPass: (problem: string | undefined) => void;
}

interface Pass {
  readonly seen: number;
  /** Files that were taken, or that may be taken soon. */
  readonly looked: number;
}

/** Walks the outbox repeatedly and has each file carried that can be. `carry` makes this fast, and the scan makes it complete. */
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
      let pass: Pass = { seen: 0, looked: 0 };
      try {
        pass = await this.#pass();
      } catch (error) {
        onPass(reasonOf(error));
      }
      const spent = nowMs() - begun;
      const idle = pass.looked === 0 && pass.seen >= defaults.LARGE_OUTBOX_FILES;
      await this.#pause(idle ? Math.max(intervalMs, spent / defaults.SCAN_DUTY - spent) : intervalMs);
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
    const pass = { seen: 0, looked: 0 };
    // A pass takes as long as the backlog. Whether the outbox can be read is known before.
    await (await opendir(outbox)).close();
    onPass(undefined);
    waitlist.beginPass();
    for await (const entry of walk(outbox, nowMs)) {
      if (this.#stopped) return pass;
      pass.seen += 1;
      // `mustWait` comes first because it marks the file as present, also while it is in hand.
      if (entry.kind !== 'file' || waitlist.mustWait(entry.path) || uploader.isInHand(entry.path)) continue;
      if (!mayUpload() || !(isUlidName(entry.path) || waitlist.admits(entry.path))) continue;
      pass.looked += 1;
      if (await this.#mayTake(entry.path)) await uploader.take(entry.path);
    }
    waitlist.endPass();
    return pass;
  }

  async #mayTake(path: string): Promise<boolean> {
    const { outbox, waitlist } = this.#options;
    if (isUlidName(path)) return !this.#isLeftToPeer(path);
    try {
      return waitlist.hasSettled(path, fingerprintOf(await lstat(join(outbox, path)))) && !this.#isLeftToPeer(path);
    } catch {
      return false;
    }
  }

  /** Leaves a new file to another instance for a moment. */
  #isLeftToPeer(path: string): boolean {
    const { waitlist, self, others, nowMs } = this.#options;
    const grace = graceMs(path, self(), others());
    if (grace === 0 || waitlist.get(path)?.kind === 'left') return false;
    const age = nowMs() - (ulidTimeMs(path) ?? waitlist.get(path)?.sinceMs ?? nowMs());
    if (age >= grace) return false;
    // Without room to remember the file there is no grace period: a double upload is the lesser evil.
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
