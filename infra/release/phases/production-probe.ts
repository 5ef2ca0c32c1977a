import { setTimeout as sleep } from 'node:timers/promises';
import { versionOf, type WebSlot } from '../appservice/web-slot.ts';
import type { RequestCount } from '../store/history.ts';

const intervalMs = 100;
const lostAfterMs = 10_000;

/** This machine has no name service or no way out. What it does not send says nothing about production. */
const ownFailures = new Set(['EAI_AGAIN', 'ENOTFOUND', 'ENETDOWN', 'ENETUNREACH', 'EHOSTUNREACH']);

export interface LostRequest {
  readonly at: string;
  readonly reason: string;
}

/**
 * A visitor of its own: asks production for its version ten times a second while a release runs. What does not come back
 * with 200 is lost, unless this machine could not send it. It also knows the moment at which routing moved, since the version is what it asks for.
 */
export class ProductionProbe {
  readonly lost: LostRequest[] = [];
  /** `performance.now()` of the first answer of another version than the one seen before. */
  switchedAt: number | undefined;
  #sent = 0;
  #unsent = 0;
  #version: string | undefined;
  readonly #stop = new AbortController();
  readonly #slot: WebSlot;
  readonly #done: Promise<void>;

  private constructor(slot: WebSlot) {
    this.#slot = slot;
    this.#done = this.#run();
  }

  static start(production: WebSlot): ProductionProbe {
    return new ProductionProbe(production);
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

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const began = performance.now();
      const seen = await this.#slot.ask('/version', { timeoutMs: lostAfterMs });
      const version = versionOf(seen)?.version;
      const isUnsent = ownFailures.has(seen.reason ?? '');
      if (isUnsent) this.#unsent += 1;
      else this.#sent += 1;
      if (isUnsent) {
        // No visitor's request.
      } else if (version === undefined) {
        this.lost.push({ at: new Date().toISOString(), reason: seen.reason ?? `status ${seen.status}` });
      } else {
        if (this.#version !== undefined && this.#version !== version) this.switchedAt = performance.now();
        this.#version = version;
      }
      const left = Math.max(0, intervalMs - (performance.now() - began));
      await sleep(left, undefined, { signal }).catch(() => undefined);
    }
  }
}
