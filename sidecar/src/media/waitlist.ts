import * as defaults from '../defaults.ts';
import { type Fingerprint, sameFile } from './fingerprint.ts';

/**
 * Why a file is not taken now:
 * - `settling`: a foreign file that has to stay unchanged for a while; `left`: left to another instance;
 * - `failed`: the request to Blob failed; it is retried, and the file is never stuck;
 * - `unmoved`: the file is in Blob and cannot leave the outbox yet; it is neither pending nor stuck;
 * - `incomplete`, `unreadable`, `rejected`, `refused`: something is wrong with the file.
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
  /** Since when the file has been waiting, for whatever reason. */
  readonly sinceMs: number;
  readonly readyAtMs: number;
  readonly attempts: number;
  readonly fingerprint: Fingerprint | undefined;
  /** Since when the file has had this fingerprint. */
  readonly unchangedSinceMs: number;
}

export interface Stuck {
  readonly name: string;
  readonly reason: string;
  readonly seconds: number;
}

type Entry = Waiting & { seenInPass: number };

/**
 * The files that were looked at and not taken, with the reasons. Their number is bounded: further files are not remembered
 * until there is room. A lost entry costs a repetition and nothing else. Settling files have room of their own, so that no
 * number of broken files keeps a good one out.
 */
export class Waitlist {
  readonly #entries = new Map<string, Entry>();
  readonly #nowMs: () => number;
  readonly #asIsMs: number;
  #transientCount = 0;
  #pass = 0;
  /** The first file for which there was no room. The next pass admits files from this one on, so each gets its turn. */
  #nextAdmitted: string | undefined;
  #admitting = true;

  /** `asIsMs` is the time without change after which an incomplete file is carried as it is. */
  constructor(nowMs: () => number, asIsMs: number) {
    this.#nowMs = nowMs;
    this.#asIsMs = asIsMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * True when the scan may look at this foreign file. False while there is no room to remember it, because the scan would
   * then look at a whole backlog in every pass.
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

  /** Remembers that a file has to wait. False when there is no room. */
  hold(path: string, kind: WaitKind, reason: string, waitMs: number, fingerprint?: Fingerprint): boolean {
    const old = this.#entries.get(path);
    const now = this.#nowMs();
    const transient = isTransient(kind);
    const isSame = old?.fingerprint !== undefined && (!fingerprint || sameFile(old.fingerprint, fingerprint));
    this.#forget(path);
    const full = transient
      ? this.#transientCount >= defaults.SETTLING_LIMIT
      : this.#entries.size - this.#transientCount >= defaults.WAITING_LIMIT;
    if (full) return false;
    if (transient) this.#transientCount += 1;
    this.#entries.set(path, {
      kind,
      reason,
      sinceMs: old === undefined || !blamesFile(old.kind) ? now : old.sinceMs,
      readyAtMs: now + waitMs,
      attempts: old?.kind === kind ? old.attempts + 1 : 1,
      fingerprint: fingerprint ?? old?.fingerprint,
      unchangedSinceMs: isSame && old !== undefined ? old.unchangedSinceMs : now,
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

  /** Marks the file as present in this pass of the scan. True when it has to wait longer. */
  mustWait(path: string): boolean {
    const entry = this.#entries.get(path);
    if (entry === undefined) return false;
    entry.seenInPass = this.#pass;
    return entry.readyAtMs > this.#nowMs();
  }

  /**
   * True when a foreign file with this fingerprint has been unchanged for long enough to be taken. An incomplete file is
   * taken when it changes, or as it is when it has been unchanged for long.
   */
  hasSettled(path: string, fingerprint: Fingerprint): boolean {
    const entry = this.#entries.get(path);
    if (entry?.fingerprint === undefined || !sameFile(entry.fingerprint, fingerprint)) {
      this.hold(path, 'settling', 'still being written', defaults.SETTLE_MS, fingerprint);
      return false;
    }
    if (entry.kind !== 'incomplete' || this.mayCarryAsItIs(path)) return true;
    const leftMs = entry.unchangedSinceMs + this.#asIsMs - this.#nowMs();
    const waitMs = Math.min(defaults.BACKOFF_CAP_MS, defaults.SETTLE_MS * entry.attempts, leftMs);
    this.hold(path, 'incomplete', entry.reason, waitMs, fingerprint);
    return false;
  }

  /** True for an incomplete file that has been unchanged for so long that nobody seems to be writing it. */
  mayCarryAsItIs(path: string): boolean {
    const entry = this.#entries.get(path);
    if (entry?.kind !== 'incomplete') return false;
    return this.#nowMs() - entry.unchangedSinceMs >= this.#asIsMs;
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

  /** Forgets the files that the pass did not find: they are no longer in the outbox. */
  endPass(): void {
    // The file whose turn it was is no longer there, so the next pass admits from the beginning.
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
    if (entry.kind === 'refused') return true;
    const now = this.#nowMs();
    // An incomplete file is about to be carried as it is.
    const isDue = entry.kind !== 'incomplete' || now - entry.unchangedSinceMs >= 2 * this.#asIsMs;
    return isDue && now - entry.sinceMs >= defaults.STUCK_AFTER_MS;
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
  return kind !== 'failed' && kind !== 'left' && kind !== 'unmoved';
}
