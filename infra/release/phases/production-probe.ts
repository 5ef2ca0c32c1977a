import { setTimeout as sleep } from 'node:timers/promises';
import { type Observation, versionOf, type WebSlot } from '../appservice/web-slot.ts';
import type { RequestCount } from '../store/history.ts';

const VERSION_EVERY_MS = 100;
const LISTING_EVERY_MS = 500;
const LOST_AFTER_MS = 10_000;

/** This machine has no name service or no way out. What it does not send says nothing about production. */
const ownFailures = new Set(['EAI_AGAIN', 'ENOTFOUND', 'ENETDOWN', 'ENETUNREACH', 'EHOSTUNREACH']);

export interface LostRequest {
  readonly at: string;
  readonly reason: string;
}

/**
 * A visitor of its own while a release runs: asks production for its version ten times a second, and twice for the listing of its images,
 * where the application has one: it reads the database, so what a migration locks is seen there first. What does not come back with 200 is lost, unless this machine could not send it. The
 * answered version shows the moment at which routing moved.
 */
export class ProductionProbe {
  readonly lost: LostRequest[] = [];
  /** `performance.now()` of the first answer of another version than the one seen before. */
  switchedAt: number | undefined;
  #sent = 0;
  #unsent = 0;
  #version: string | undefined;
  #lists = false;
  readonly #stop = new AbortController();
  readonly #slot: WebSlot;
  readonly #done: Promise<unknown>;

  private constructor(slot: WebSlot, listing: string | undefined) {
    this.#slot = slot;
    this.#done = Promise.all([
      this.#every(VERSION_EVERY_MS, () => this.#askVersion()),
      listing === undefined ? undefined : this.#every(LISTING_EVERY_MS, () => this.#askListing(`${listing}?limit=1`)),
    ]);
  }

  /** `listing`: the path of the listing that the version in production has. */
  static start(production: WebSlot, listing?: string): ProductionProbe {
    return new ProductionProbe(production, listing);
  }

  get count(): RequestCount {
    return { sent: this.#sent, lost: this.lost.length };
  }

  /** For people: what became of those that did not come back; undefined when all did. */
  describeLost(): string | undefined {
    const reasons = new Map<string, number>();
    for (const { reason } of this.lost) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    const words = [...reasons].map(([reason, times]) => `${times} × ${reason}`);
    const [first, last] = [this.lost[0], this.lost.at(-1)];
    const said = [
      first && `lost requests, between ${first.at} and ${last?.at}: ${words.join(', ')}`,
      this.#unsent > 0 && `${this.#unsent} requests are not counted: this machine could not send them`,
    ].filter(Boolean);
    return said.length === 0 ? undefined : said.join('; ');
  }

  async stop(): Promise<RequestCount> {
    this.#stop.abort();
    await this.#done;
    return this.count;
  }

  /** Asks one question again and again, whatever becomes of the other. */
  async #every(intervalMs: number, ask: () => Promise<boolean>): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const began = performance.now();
      if (!(await ask())) return;
      const left = Math.max(0, intervalMs - (performance.now() - began));
      await sleep(left, undefined, { signal }).catch(() => undefined);
    }
  }

  async #askVersion(): Promise<boolean> {
    const seen = await this.#slot.ask('/_slipway/version', { timeoutMs: LOST_AFTER_MS });
    const version = versionOf(seen)?.version;
    this.#count(seen, version !== undefined);
    if (version === undefined) return true;
    if (this.#version !== undefined && this.#version !== version) this.switchedAt = performance.now();
    this.#version = version;
    return true;
  }

  /** A version that has no such page is not asked for it, also when it came by a swap. */
  async #askListing(listing: string): Promise<boolean> {
    const seen = await this.#slot.ask(listing, { timeoutMs: LOST_AFTER_MS });
    if (seen.status === 404 && (!this.#lists || this.switchedAt !== undefined)) return false;
    this.#lists ||= seen.status === 200;
    // The application's own limit of requests, which says nothing of the release.
    if (seen.status === 429) return true;
    this.#count(seen, seen.status === 200, 'the listing: ');
    return true;
  }

  #count({ status, reason }: Observation, answered: boolean, what = ''): void {
    if (ownFailures.has(reason ?? '')) {
      this.#unsent += 1;
      return;
    }
    this.#sent += 1;
    if (!answered) this.lost.push({ at: new Date().toISOString(), reason: `${what}${reason ?? `status ${status}`}` });
  }
}
