import { join } from 'node:path';
import type { Reach } from '../blob/circuit-breaker.ts';
import * as defaults from '../defaults.ts';
import type { Tally } from '../media/counters.ts';
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
  readonly reach: Reach;
  readonly folders: Folders;
  readonly tally: Tally;
  readonly maxWaiters: number;
}

const STOPPING = 'the sidecar is stopping';

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

  /** Answers all who wait: Blob turned out to be away, or the sidecar has stopped. */
  wakeAll(reason: string): void {
    for (const wake of [...this.#waiting.keys()]) wake(reason);
  }

  /** Who comes now hears 503, and so do those who wait for a file that is not in hand; the others hear how it ends. */
  stop(): void {
    this.#stopping = true;
    for (const [wake, name] of [...this.#waiting]) {
      if (!this.#options.uploader.isInHand(name)) wake(STOPPING);
    }
  }

  /** `parent` is the span of the call, when it is part of a trace. */
  async carry(name: string, waitMs: number, parent?: TraceContext): Promise<CarryAnswer> {
    const { uploader, reach, maxWaiters } = this.#options;
    if (this.#stopping) return { status: 503, body: { durable: false, reason: STOPPING } };
    if (reach.state === 'away') return awayAnswer(reach.reason);
    if (this.#waiting.size >= maxWaiters || waitMs <= 0) {
      this.#begin(name, parent);
      return { status: 202, body: { durable: false, reason: 'not waited for' } };
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

  /** A foreign file is left to the scan, which sees to it that it is complete. */
  #begin(name: string, parent: TraceContext | undefined): void {
    const { uploader, folders } = this.#options;
    if (isUlidName(name)) uploader.ask(name, parent);
    else
      void exists(join(folders.outbox, name)).then(
        (there) => there || uploader.report(name, { kind: 'gone' }),
        () => undefined,
      );
  }

  /** Undefined when there is still something to wait for. */
  async #answerTo(name: string, outcome: Outcome): Promise<CarryAnswer | undefined> {
    const { folders, tally, reach } = this.#options;
    if (outcome.kind === 'durable') return { status: 200, body: { durable: true } };
    if (outcome.kind === 'conflict')
      return { status: 409, body: { durable: false, reason: 'Blob holds other contents under this name' } };
    if (outcome.kind === 'failed' && outcome.away) return awayAnswer(reach.reason || outcome.reason);
    if (outcome.kind === 'refused') return { status: 404, body: { durable: false, reason: outcome.reason } };
    if (outcome.kind !== 'gone') return undefined;
    // Another instance may have carried it: then it is in synced.
    if (await exists(join(folders.synced, name)).catch(() => false)) return { status: 200, body: { durable: true } };
    tally.counts.askedMissing += 1;
    return { status: 404, body: { durable: false, reason: 'no such file in the outbox' } };
  }
}

function awayAnswer(reason: string): CarryAnswer {
  return { status: 503, body: { durable: false, reason: `Blob is away: ${reason}` } };
}
