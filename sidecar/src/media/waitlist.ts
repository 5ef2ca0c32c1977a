import * as defaults from '../defaults.ts';
import { type Fingerprint, sameFile } from './fingerprint.ts';

/**
 * Why a file is not taken now:
 * - `settling`: a foreign file that has to stay unchanged for a while; `left`: left to another instance;
 * - `failed`: Blob could not be asked; retried, never stuck;
 * - `incomplete`, `unreadable`, `rejected`, `unmoved`, `refused`: something is wrong with the file.
 */
export type WaitKind =
  | 'settling'
  | 'left'
  | 'failed'
  | 'incomplete'
  | 'unreadable'
  | 'rejected'
  | 'unmoved'
  | 'refused';

export interface Waiting {
  readonly kind: WaitKind;
  readonly reason: string;
  /** Since when the file has been waiting, for whatever reasons. */
  readonly sinceMs: number;
  readonly readyAtMs: number;
  readonly attempts: number;
  readonly fingerprint: Fingerprint | undefined;
}

export interface Stuck {
  readonly name: string;
  readonly reason: string;
  readonly seconds: number;
}

type Entry = Waiting & { seenInPass: number };

/**
 * The files that were looked at and not taken, and why. It is bounded: a file that finds no room here waits outside,
 * unknown, until there is some. Losing an entry costs a repetition, nothing else. Files that settle have room of their
 * own, so that no number of broken ones keeps a good one out.
 */
export class Waitlist {
  readonly #entries = new Map<string, Entry>();
  readonly #nowMs: () => number;
  #transientCount = 0;
  #pass = 0;
  /** The first file that found no room to settle: the next pass begins to let files in there, so each has its turn. */
  #nextAdmitted: string | undefined;
  #admitting = true;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * May a foreign file that the scan meets be looked at? Not while there is no room to remember it: a backlog would be
   * looked at in every pass.
   */
  admits(path: string): boolean {
    if (this.#entries.has(path)) return true;
    if (path === this.#nextAdmitted) {
      this.#admitting = true;
      this.#nextAdmitted = undefined;
    }
    if (!this.#admitting) return false;
    if (this.#transientCount < defaults.SETTLING_LIMIT) return true;
    this.#nextAdmitted ??= path;
    return false;
  }

  get(path: string): Waiting | undefined {
    return this.#entries.get(path);
  }

  /** Remembers that the file has to wait. False when there is no room. */
  hold(path: string, kind: WaitKind, reason: string, waitMs: number, fingerprint?: Fingerprint): boolean {
    const old = this.#entries.get(path);
    const now = this.#nowMs();
    const young = isTransient(kind);
    this.#forget(path);
    const full = young
      ? this.#transientCount >= defaults.SETTLING_LIMIT
      : this.#entries.size - this.#transientCount >= defaults.WAITING_LIMIT;
    if (full) return false;
    if (young) this.#transientCount += 1;
    this.#entries.set(path, {
      kind,
      reason,
      sinceMs: old === undefined || !blamesFile(old.kind) ? now : old.sinceMs,
      readyAtMs: now + waitMs,
      attempts: old?.kind === kind ? old.attempts + 1 : 1,
      fingerprint: fingerprint ?? old?.fingerprint,
      seenInPass: this.#pass,
    });
    return true;
  }

  release(path: string): void {
    this.#forget(path);
  }

  clear(): void {
    this.#entries.clear();
    this.#transientCount = 0;
  }

  /** Marks the file as still there in this pass of the scan; true when it has to wait on. */
  mustWait(path: string): boolean {
    const entry = this.#entries.get(path);
    if (entry === undefined) return false;
    entry.seenInPass = this.#pass;
    return entry.readyAtMs > this.#nowMs();
  }

  /**
   * Looks at a foreign file whose fingerprint was just read. True when it has been the same for long enough to be taken.
   * One that was found incomplete is not taken again before it changes.
   */
  hasSettled(path: string, fingerprint: Fingerprint): boolean {
    const entry = this.#entries.get(path);
    if (entry?.fingerprint === undefined || !sameFile(entry.fingerprint, fingerprint)) {
      this.hold(path, 'settling', 'still being written', defaults.SETTLE_MS, fingerprint);
      return false;
    }
    if (entry.kind === 'incomplete') {
      this.hold(
        path,
        'incomplete',
        entry.reason,
        Math.min(defaults.BACKOFF_CAP_MS, defaults.SETTLE_MS * entry.attempts),
        fingerprint,
      );
      return false;
    }
    return true;
  }

  /** Makes every file that waits for one of these reasons ready at once. */
  wake(kinds: readonly WaitKind[]): void {
    for (const [path, entry] of this.#entries) {
      if (kinds.includes(entry.kind)) this.#entries.set(path, { ...entry, readyAtMs: 0 });
    }
  }

  beginPass(): void {
    this.#pass += 1;
    this.#admitting = this.#nextAdmitted === undefined;
  }

  /** Forgets what the pass has not met: those files are no longer in the outbox. */
  endPass(): void {
    // The file whose turn it was has gone: the next pass begins at the beginning.
    if (!this.#admitting) this.#nextAdmitted = undefined;
    for (const [path, entry] of this.#entries) {
      if (entry.seenInPass < this.#pass) this.#forget(path);
    }
  }

  isStuck(path: string): boolean {
    const entry = this.#entries.get(path);
    return entry !== undefined && this.#stuck(entry);
  }

  stuck(): Stuck[] {
    const now = this.#nowMs();
    const found: Stuck[] = [];
    for (const [name, entry] of this.#entries) {
      if (this.#stuck(entry))
        found.push({ name, reason: entry.reason, seconds: Math.floor((now - entry.sinceMs) / 1_000) });
    }
    return found;
  }

  #stuck(entry: Entry): boolean {
    if (!blamesFile(entry.kind)) return false;
    return entry.kind === 'refused' || this.#nowMs() - entry.sinceMs >= defaults.STUCK_AFTER_MS;
  }

  #forget(path: string): void {
    const entry = this.#entries.get(path);
    if (entry === undefined) return;
    if (isTransient(entry.kind)) this.#transientCount -= 1;
    this.#entries.delete(path);
  }
}

function isTransient(kind: WaitKind): boolean {
  return kind === 'settling' || kind === 'left';
}

function blamesFile(kind: WaitKind): boolean {
  return kind !== 'failed' && kind !== 'left';
}
