import { setTimeout as pause } from 'node:timers/promises';
import type { RequestCount } from './history.ts';
import { versionOf, type WebSlot } from './web-slot.ts';

const intervalMs = 100;
const lostAfterMs = 10_000;

export interface LostRequest {
  readonly at: string;
  readonly reason: string;
}

/**
 * A visitor of its own: asks production for its version ten times a second while a release runs. What does not come back
 * with 200 is lost. It also knows the moment at which routing moved, since the version is what it asks for.
 */
export class ProductionProbe {
  readonly lost: LostRequest[] = [];
  /** `performance.now()` of the first answer of another version than the one seen before. */
  switchedAt: number | undefined;
  #sent = 0;
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
      this.#sent += 1;
      const version = versionOf(seen)?.version;
      if (version === undefined) {
        this.lost.push({ at: new Date().toISOString(), reason: seen.reason ?? `status ${seen.status}` });
      } else {
        if (this.#version !== undefined && this.#version !== version) this.switchedAt = performance.now();
        this.#version = version;
      }
      const left = Math.max(0, intervalMs - (performance.now() - began));
      await pause(left, undefined, { signal }).catch(() => undefined);
    }
  }
}
