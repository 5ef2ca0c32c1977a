import * as defaults from '../defaults.ts';
import { BlobFailure, blobFailure } from './failure.ts';

export type BlobAvailability = 'unknown' | 'available' | 'unavailable';

export interface CircuitBreakerOptions {
  readonly probe: (signal: AbortSignal) => Promise<void>;
  readonly nowMs: () => number;
  readonly random: () => number;
  /** Called on every change of state, with the reason when Blob became unavailable. */
  readonly onChange: (state: BlobAvailability, reason: string) => void;
}

const TICK_MS = 100;

interface InFlight {
  readonly controller: AbortController;
  readonly epoch: number;
}

/**
 * The circuit breaker before Blob. Every request goes through `request`, which aborts one that stalls and records how each
 * one ends. While Blob is unavailable or silent, and while there are no requests, it sends probes.
 */
export class BlobCircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  readonly #inFlight = new Set<InFlight>();
  #state: BlobAvailability = 'unknown';
  #reason = '';
  #epoch = 0;
  #failuresInARow = 0;
  #lastProgressMs: number;
  #lastAnswerMs = 0;
  #nextProbeMs = 0;
  #probing = false;
  #closed: BlobFailure | undefined;
  #availableSinceMs = 0;
  /** How often in a row a probe succeeded and the next request failed at once: Blob answers but does not accept writes. */
  #flaps = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
    this.#lastProgressMs = options.nowMs();
  }

  get state(): BlobAvailability {
    return this.#state;
  }

  get reason(): string {
    return this.#reason;
  }

  /** The time of Blob's last answer of any kind; 0 before the first one. */
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

  /** Aborts every request in flight and rejects later ones. */
  close(reason: string): void {
    this.#closed = new BlobFailure('flaky', reason);
    for (const request of this.#inFlight) request.controller.abort(this.#closed);
  }

  /**
   * Runs one request. `onProgress` has to be called whenever bytes of its body move. Throws BlobFailure after
   * REQUEST_STALL_MS without progress, and at once when Blob becomes unavailable.
   */
  async request<T>(work: (signal: AbortSignal, onProgress: () => void) => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) throw this.#closed;
    const request: InFlight = { controller: new AbortController(), epoch: this.#epoch };
    if (this.#inFlight.size === 0) this.#lastProgressMs = this.#options.nowMs();
    this.#inFlight.add(request);
    const stalled = (): void =>
      request.controller.abort(new BlobFailure('flaky', `no answer within ${defaults.REQUEST_STALL_MS / 1_000} s`));
    const timer = setTimeout(stalled, defaults.REQUEST_STALL_MS);
    const onProgress = (): void => {
      timer.refresh();
      this.#lastProgressMs = this.#options.nowMs();
    };
    try {
      const result = await work(request.controller.signal, onProgress);
      this.#recordAnswer();
      return result;
    } catch (error) {
      const failure = blobFailure(error, this.#options.nowMs());
      // A request that began before the last change of state says nothing about the state after it.
      if (request.epoch === this.#epoch) this.#recordFailure(failure);
      throw failure;
    } finally {
      clearTimeout(timer);
      this.#inFlight.delete(request);
    }
  }

  #recordFailure(failure: BlobFailure): void {
    if (this.#closed !== undefined) return;
    if (failure.kind === 'unavailable') {
      this.#setState('unavailable', failure.message);
    } else if (failure.kind === 'flaky') {
      this.#failuresInARow += 1;
      if (this.#failuresInARow >= defaults.FAILURE_THRESHOLD) this.#setState('unavailable', failure.message);
    } else {
      this.#recordAnswer();
    }
  }

  #recordAnswer(): void {
    this.#failuresInARow = 0;
    this.#lastProgressMs = this.#options.nowMs();
    this.#lastAnswerMs = this.#lastProgressMs;
    this.#setState('available', '');
  }

  #setState(state: BlobAvailability, reason: string): void {
    this.#reason = reason;
    if (this.#state === state) return;
    this.#state = state;
    this.#epoch += 1;
    this.#failuresInARow = 0;
    const now = this.#options.nowMs();
    if (state === 'available') this.#availableSinceMs = now;
    if (state === 'unavailable') {
      this.#flaps = now - this.#availableSinceMs < defaults.FLAP_WINDOW_MS ? this.#flaps + 1 : 0;
      this.#scheduleProbe();
      for (const request of this.#inFlight) request.controller.abort(new BlobFailure('unavailable', reason));
    }
    this.#options.onChange(state, reason);
  }

  #scheduleProbe(): void {
    const pause = Math.min(defaults.UNAVAILABLE_PROBE_CAP_MS, defaults.UNAVAILABLE_PROBE_MS * 2 ** this.#flaps);
    this.#nextProbeMs = this.#options.nowMs() + pause * (0.5 + this.#options.random());
  }

  #tick(): void {
    if (this.#probing) return;
    const now = this.#options.nowMs();
    const due =
      this.#state === 'unavailable'
        ? now >= this.#nextProbeMs
        : this.#inFlight.size > 0
          ? now - this.#lastProgressMs >= defaults.SILENCE_MS
          : now - this.#lastAnswerMs >= defaults.IDLE_PROBE_MS;
    if (due) void this.#probe();
  }

  async #probe(): Promise<void> {
    this.#probing = true;
    const silent = this.#inFlight.size > 0;
    const epoch = this.#epoch;
    const limitMs = this.#state === 'unknown' ? defaults.FIRST_PROBE_TIMEOUT_MS : defaults.PROBE_TIMEOUT_MS;
    const limit = AbortSignal.timeout(limitMs);
    try {
      await this.#options.probe(limit);
      this.#recordAnswer();
    } catch (error) {
      const failure = limit.aborted
        ? new BlobFailure('unavailable', `no answer to a probe within ${limitMs / 1_000} s`)
        : blobFailure(error, this.#options.nowMs());
      if (this.#state === 'unavailable') this.#reason = failure.kind === 'unavailable' ? failure.message : this.#reason;
      // While requests in flight are silent, one failed probe is enough. While idle, the failure has to be a clear one.
      else if (epoch === this.#epoch)
        this.#recordFailure(silent ? new BlobFailure('unavailable', failure.message) : failure);
    } finally {
      this.#scheduleProbe();
      if (this.#state !== 'unavailable') this.#lastProgressMs = this.#options.nowMs();
      this.#probing = false;
    }
  }
}
