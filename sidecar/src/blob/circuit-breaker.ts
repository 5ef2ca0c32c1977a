import * as defaults from '../defaults.ts';
import { BlobFailure, blobFailure } from './failure.ts';

export type ReachState = 'unknown' | 'up' | 'away';

export interface ReachOptions {
  readonly probe: (signal: AbortSignal) => Promise<void>;
  readonly nowMs: () => number;
  readonly random: () => number;
  /** Called on every change, with the reason when Blob went away. */
  readonly onChange: (state: ReachState, reason: string) => void;
}

const TICK_MS = 100;

interface Request {
  readonly controller: AbortController;
  readonly epoch: number;
}

/**
 * Knows whether Blob can be reached. Every request goes through `request`, which gives up on one that stalls and learns
 * from each answer; while Blob is away, or silent, or nothing is carried, it is asked for a sign of life.
 */
export class Reach {
  readonly #options: ReachOptions;
  readonly #inFlight = new Set<Request>();
  #state: ReachState = 'unknown';
  #reason = '';
  #epoch = 0;
  #failuresInARow = 0;
  #lastSignMs: number;
  #lastAnswerMs = 0;
  #nextProbeMs = 0;
  #probing = false;
  #closed: BlobFailure | undefined;
  #upSinceMs = 0;
  /** How often in a row Blob gave a sign of life and was away again at once: it answers, but does not let us write. */
  #relapses = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ReachOptions) {
    this.#options = options;
    this.#lastSignMs = options.nowMs();
  }

  get state(): ReachState {
    return this.#state;
  }

  get reason(): string {
    return this.#reason;
  }

  /** When Blob last answered anything at all; 0 before the first time. */
  get lastAnswerMs(): number {
    return this.#lastAnswerMs;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Breaks off every request, and lets no other begin. */
  close(reason: string): void {
    this.#closed = new BlobFailure('flaky', reason);
    for (const request of this.#inFlight) request.controller.abort(this.#closed);
  }

  /**
   * Runs one request. `alive` is to be called whenever its body moves. Throws BlobFailure: after REQUEST_STALL_MS without
   * a move, or at once when Blob turns out to be away.
   */
  async request<T>(work: (signal: AbortSignal, alive: () => void) => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) throw this.#closed;
    const request: Request = { controller: new AbortController(), epoch: this.#epoch };
    if (this.#inFlight.size === 0) this.#lastSignMs = this.#options.nowMs();
    this.#inFlight.add(request);
    const stalled = (): void =>
      request.controller.abort(new BlobFailure('flaky', `no answer within ${defaults.REQUEST_STALL_MS / 1_000} s`));
    const timer = setTimeout(stalled, defaults.REQUEST_STALL_MS);
    const alive = (): void => {
      timer.refresh();
      this.#lastSignMs = this.#options.nowMs();
    };
    try {
      const result = await work(request.controller.signal, alive);
      this.#answered();
      return result;
    } catch (error) {
      const failure = blobFailure(error, this.#options.nowMs());
      // A request that began before the last change says nothing about the state since.
      if (request.epoch === this.#epoch) this.#learn(failure);
      throw failure;
    } finally {
      clearTimeout(timer);
      this.#inFlight.delete(request);
    }
  }

  #learn(failure: BlobFailure): void {
    if (this.#closed !== undefined) return;
    if (failure.kind === 'away') {
      this.#turn('away', failure.message);
    } else if (failure.kind === 'flaky') {
      this.#failuresInARow += 1;
      if (this.#failuresInARow >= defaults.FAILURES_UNTIL_AWAY) this.#turn('away', failure.message);
    } else {
      this.#answered();
    }
  }

  #answered(): void {
    this.#failuresInARow = 0;
    this.#lastSignMs = this.#options.nowMs();
    this.#lastAnswerMs = this.#lastSignMs;
    this.#turn('up', '');
  }

  #turn(state: ReachState, reason: string): void {
    this.#reason = reason;
    if (this.#state === state) return;
    this.#state = state;
    this.#epoch += 1;
    this.#failuresInARow = 0;
    const now = this.#options.nowMs();
    if (state === 'up') this.#upSinceMs = now;
    if (state === 'away') {
      this.#relapses = now - this.#upSinceMs < defaults.RELAPSE_MS ? this.#relapses + 1 : 0;
      this.#scheduleProbe();
      for (const request of this.#inFlight) request.controller.abort(new BlobFailure('away', reason));
    }
    this.#options.onChange(state, reason);
  }

  #scheduleProbe(): void {
    const pause = Math.min(defaults.AWAY_PROBE_CAP_MS, defaults.AWAY_PROBE_MS * 2 ** this.#relapses);
    this.#nextProbeMs = this.#options.nowMs() + pause * (0.5 + this.#options.random());
  }

  #tick(): void {
    if (this.#probing) return;
    const now = this.#options.nowMs();
    const due =
      this.#state === 'away'
        ? now >= this.#nextProbeMs
        : this.#inFlight.size > 0
          ? now - this.#lastSignMs >= defaults.SILENCE_MS
          : now - this.#lastAnswerMs >= defaults.IDLE_PROBE_MS;
    if (due) void this.#probe();
  }

  async #probe(): Promise<void> {
    this.#probing = true;
    const silent = this.#inFlight.size > 0;
    const epoch = this.#epoch;
    const limit = AbortSignal.timeout(defaults.PROBE_TIMEOUT_MS);
    try {
      await this.#options.probe(limit);
      this.#answered();
    } catch (error) {
      const failure = limit.aborted
        ? new BlobFailure('away', `no sign of life within ${defaults.PROBE_TIMEOUT_MS / 1_000} s`)
        : blobFailure(error, this.#options.nowMs());
      if (this.#state === 'away') this.#reason = failure.kind === 'away' ? failure.message : this.#reason;
      // One failed sign of life amid silence is enough; when idle it has to be a clear one.
      else if (epoch === this.#epoch) this.#learn(silent ? new BlobFailure('away', failure.message) : failure);
    } finally {
      this.#scheduleProbe();
      if (this.#state !== 'away') this.#lastSignMs = this.#options.nowMs();
      this.#probing = false;
    }
  }
}
