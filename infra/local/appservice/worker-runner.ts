import { messageOf } from '../../lib/error-message.ts';
import { stopLimitSeconds } from './platform-settings.ts';
import { digestOf } from './slot-spec.ts';
import type { Worker, WorkerSpec } from './worker.ts';

interface ApplyOptions {
  /** Restart even when the specification is the one it runs with. */
  readonly restart?: boolean;
  /** How long the containers may take to stop. Default: the limit of the settings they run with. */
  readonly stopLimitSeconds?: number;
}

/**
 * Brings one worker to the specification that was requested last, with one restart at a time: all requests that arrive
 * during a restart are served by one more. As on the platform, a restart neither drains nor warms up.
 */
export class WorkerRunner {
  readonly #worker: Worker;
  #wanted: WorkerSpec | undefined;
  #runsWith: WorkerSpec | undefined;
  #restart = false;
  #stopLimit: number | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #failure: string | undefined;
  #closed = false;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Why the containers could not be started the last time, or undefined. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Resolves when the containers of `spec`, or of a later request, are spawned; rejects when they could not be. */
  apply(spec: WorkerSpec, options: ApplyOptions = {}): Promise<void> {
    this.#restart ||= options.restart === true;
    return this.#enqueue(spec, options.stopLimitSeconds);
  }

  stop(limitSeconds?: number): Promise<void> {
    return this.#enqueue(undefined, limitSeconds);
  }

  /** Stops the containers for good: later calls are refused. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const stopped = this.#enqueue(undefined, undefined);
    this.#closed = true;
    await stopped;
  }

  /** How long the running containers may take to stop, by their settings. */
  get stopLimitSeconds(): number {
    return stopLimitSeconds(this.#runsWith?.settings ?? {});
  }

  /** Resolves when no request is left. */
  async settled(): Promise<void> {
    for (let seen: Promise<unknown> | undefined; seen !== this.#last; ) {
      seen = this.#last;
      await seen;
    }
  }

  /** Each turn reconciles with the latest request, so the turns of earlier ones find nothing to do. */
  async #enqueue(wanted: WorkerSpec | undefined, stopLimit: number | undefined): Promise<void> {
    if (this.#closed) throw new Error(`the worker '${this.#worker.id}' is closed`);
    this.#wanted = wanted;
    this.#stopLimit = stopLimit;
    const turn = this.#last.then(() => this.#reconcile());
    this.#last = turn.catch(() => undefined);
    await turn;
  }

  async #reconcile(): Promise<void> {
    const wanted = this.#wanted;
    const restart = this.#restart;
    const stopLimit = this.#stopLimit ?? this.stopLimitSeconds;
    this.#restart = false;
    this.#failure = undefined;
    const same = wanted !== undefined && this.#runsWith !== undefined && digestOf(wanted) === digestOf(this.#runsWith);
    if (this.#worker.running && same && !restart) return;
    try {
      if (this.#worker.running) await this.#worker.stop(stopLimit);
      this.#runsWith = undefined;
      if (wanted === undefined) return;
      await this.#worker.start(wanted);
      this.#runsWith = wanted;
    } catch (error) {
      this.#failure = messageOf(error);
      throw error;
    }
  }
}
