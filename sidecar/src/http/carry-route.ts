import { join } from 'node:path';
import type { BlobCircuitBreaker } from '../blob/circuit-breaker.ts';
import * as defaults from '../defaults.ts';
import type { Counters } from '../media/counters.ts';
import type { Folders } from '../media/folders.ts';
import { exists } from '../media/moves.ts';
import { isUlidName } from '../media/names.ts';
import type { Outcome } from '../media/outcome.ts';
import type { Uploader } from '../media/uploader.ts';
import type { TraceContext } from '../telemetry/tracer.ts';

export interface CarryAnswer {
  readonly status: 200 | 202 | 404 | 409 | 503;
  readonly body: { readonly durable: boolean; readonly reason?: string };
}

export interface CarryRouteOptions {
  readonly uploader: Uploader;
  readonly breaker: BlobCircuitBreaker;
  readonly folders: Folders;
  readonly counters: Counters;
  readonly maxWaiters: number;
}

const STOPPING = 'the sidecar is stopping';

const CONFLICT: CarryAnswer = {
  status: 409,
  body: { durable: false, reason: 'Blob holds other contents under this name' },
};

/** `POST /carry`: lets a bounded number of callers wait until their file is in Blob. */
export class CarryRoute {
  readonly #options: CarryRouteOptions;
  readonly #waiting = new Map<(reason: string) => void, string>();
  #stopping = false;

  constructor(options: CarryRouteOptions) {
    this.#options = options;
  }

  get waiters(): number {
    return this.#waiting.size;
  }

  /** Answers all waiting callers with 503: Blob became unavailable, or the sidecar has stopped. */
  wakeAll(reason: string): void {
    for (const wake of [...this.#waiting.keys()]) wake(reason);
  }

  /** New callers get 503, and so do those that wait for a file that is not being carried. The others get its outcome. */
  stop(): void {
    this.#stopping = true;
    for (const [wake, name] of [...this.#waiting]) {
      if (!this.#options.uploader.isInHand(name)) wake(STOPPING);
    }
  }

  /** `parent` is the span of the call when it is part of a trace. */
  async carry(name: string, waitMs: number, parent?: TraceContext): Promise<CarryAnswer> {
    const { uploader, breaker, maxWaiters } = this.#options;
    if (this.#stopping) return { status: 503, body: { durable: false, reason: STOPPING } };
    if (breaker.state === 'unavailable') return unavailableAnswer(breaker.reason);
    if (this.#waiting.size >= maxWaiters || waitMs <= 0) {
      this.#begin(name, parent);
      return { status: 202, body: { durable: false, reason: 'too many callers wait already' } };
    }
    return new Promise<CarryAnswer>((resolve) => {
      const finish = (answer: CarryAnswer): void => {
        clearTimeout(timer);
        unwatch();
        this.#waiting.delete(wake);
        resolve(answer);
      };
      const wake = (reason: string): void => finish({ status: 503, body: { durable: false, reason } });
      const timer = setTimeout(
        () => finish({ status: 202, body: { durable: false, reason: 'pending' } }),
        Math.min(waitMs, defaults.CARRY_WAIT_LIMIT_MS),
      );
      const unwatch = uploader.watch(
        name,
        (outcome) => void this.#answerTo(name, outcome).then((answer) => answer && finish(answer)),
      );
      this.#waiting.set(wake, name);
      this.#begin(name, parent);
    });
  }

  /** A foreign file is left to the scan, which checks that it is complete. */
  #begin(name: string, parent: TraceContext | undefined): void {
    const { uploader, folders } = this.#options;
    if (isUlidName(name)) uploader.request(name, parent);
    else
      void exists(join(folders.outbox, name)).then(
        (there) => there || uploader.report(name, { kind: 'gone' }),
        () => undefined,
      );
  }

  /** Undefined when the caller has to go on waiting. */
  async #answerTo(name: string, outcome: Outcome): Promise<CarryAnswer | undefined> {
    const { folders, counters, breaker } = this.#options;
    if (outcome.kind === 'durable') return { status: 200, body: { durable: true } };
    if (outcome.kind === 'conflict') return CONFLICT;
    if (outcome.kind === 'failed' && outcome.unavailable) return unavailableAnswer(breaker.reason || outcome.reason);
    if (outcome.kind === 'refused') return { status: 404, body: { durable: false, reason: outcome.reason } };
    if (outcome.kind !== 'gone') return undefined;
    // The scan or another instance may have been faster: then it is in synced, or in conflicts.
    if (await exists(join(folders.synced, name)).catch(() => false)) return { status: 200, body: { durable: true } };
    if (await exists(join(folders.conflicts, name)).catch(() => false)) return CONFLICT;
    counters.counts.askedMissing += 1;
    return { status: 404, body: { durable: false, reason: 'no such file in the outbox' } };
  }
}

function unavailableAnswer(reason: string): CarryAnswer {
  return { status: 503, body: { durable: false, reason: `Blob is unavailable: ${reason}` } };
}
