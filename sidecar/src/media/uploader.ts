import { setTimeout as sleep } from 'node:timers/promises';
import { retryDelayMs } from '../backoff.ts';
import * as defaults from '../defaults.ts';
import type { Log } from '../log.ts';
import type { Span, StartSpan, TraceContext } from '../telemetry/tracer.ts';
import { type CarryContext, carryFile } from './carry-file.ts';
import type { Counters } from './counters.ts';
import type { Fingerprint } from './fingerprint.ts';
import { isUlidName } from './names.ts';
import type { Outcome } from './outcome.ts';
import type { Waitlist } from './waitlist.ts';

export interface UploaderOptions {
  readonly context: CarryContext;
  readonly waitlist: Waitlist;
  readonly counters: Counters;
  readonly log: Log;
  readonly random: () => number;
  /** Places for the scan; files that were asked for have as many of their own. */
  readonly concurrency: number;
  readonly startSpan: StartSpan;
  /** Address of the container, for spans. */
  readonly blobUrl: string;
}

/** No file is like this, so a foreign one that the scan has not watched settling is not taken. */
const NOT_SEEN_YET: Fingerprint = { size: -1, mtimeMs: 0, ino: 0 };

/** Called with each outcome of a file; returns nothing. */
export type Watcher = (outcome: Outcome) => void;

/**
 * Carries files, a bounded number at once, never the same one twice at the same time. Files that someone asked for have
 * places of their own, so a backlog does not make them wait.
 */
export class Uploader {
  readonly #options: UploaderOptions;
  readonly #inHand = new Map<string, Promise<Outcome>>();
  readonly #watchers = new Map<string, Set<Watcher>>();
  /** In the order of asking, with the spans of those who asked. */
  readonly #requested = new Map<string, TraceContext | undefined>();
  #requestedRunning = 0;
  #scanRunning = 0;
  #waitingForCapacity: (() => void)[] = [];
  #stopping = false;

  constructor(options: UploaderOptions) {
    this.#options = options;
  }

  get inHand(): number {
    return this.#inHand.size;
  }

  isInHand(path: string): boolean {
    return this.#inHand.has(path);
  }

  /** Carries a file of the application out of turn. False when too many wait already; then the scan will take it. */
  request(path: string, parent?: TraceContext): boolean {
    if (this.#inHand.has(path) || this.#requested.has(path)) return true;
    if (this.#requested.size >= defaults.REQUESTED_QUEUE_LIMIT || this.#stopping) return false;
    this.#requested.set(path, parent);
    this.#startRequested();
    return true;
  }

  /** Carries a file for the scan; resolves when it is begun, which is when a place is free. */
  async take(path: string): Promise<void> {
    while (this.#scanRunning >= this.#options.concurrency && !this.#stopping) {
      await new Promise<void>((resolve) => this.#waitingForCapacity.push(resolve));
    }
    if (this.#stopping || this.#inHand.has(path)) return;
    this.#scanRunning += 1;
    void this.#run(path).finally(() => {
      this.#scanRunning -= 1;
      this.#waitingForCapacity.shift()?.();
    });
  }

  /** Reports outcomes of one file until the returned function is called. */
  watch(path: string, watcher: Watcher): () => void {
    const watchers = this.#watchers.get(path) ?? new Set();
    this.#watchers.set(path, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0) this.#watchers.delete(path);
    };
  }

  /** Tells those who watch the file. */
  report(path: string, outcome: Outcome): void {
    for (const watcher of [...(this.#watchers.get(path) ?? [])]) watcher(outcome);
  }

  /** Begins nothing more; resolves when all that is in hand has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#requested.clear();
    for (const free of this.#waitingForCapacity.splice(0)) free();
    while (this.#inHand.size > 0) await Promise.allSettled(this.#inHand.values());
  }

  #startRequested(): void {
    for (const [path, parent] of this.#requested) {
      if (this.#requestedRunning >= this.#options.concurrency) return;
      this.#requested.delete(path);
      if (this.#inHand.has(path)) continue;
      this.#requestedRunning += 1;
      void this.#run(path, parent).finally(() => {
        this.#requestedRunning -= 1;
        this.#startRequested();
      });
    }
  }

  async #run(path: string, parent?: TraceContext): Promise<Outcome> {
    const span = parent === undefined ? undefined : this.#startSpan(parent, path);
    const running = this.#attempts(path);
    this.#inHand.set(path, running);
    try {
      const outcome = await running;
      if (outcome.kind === 'durable') span?.set('http.response.status_code', outcome.uploaded ? 201 : 409);
      span?.end(outcome.kind === 'durable' ? undefined : outcome.kind);
      this.#recordOutcome(path, outcome);
      return outcome;
    } finally {
      this.#inHand.delete(path);
    }
  }

  #startSpan(parent: TraceContext, path: string): Span {
    const { startSpan, blobUrl } = this.#options;
    const url = new URL(`${blobUrl}/${path.split('/').map(encodeURIComponent).join('/')}`);
    return startSpan(parent, 'PUT blob', 'client', {
      'http.request.method': 'PUT',
      'url.full': url.href,
      'server.address': url.hostname,
      'az.namespace': 'Microsoft.Storage',
    });
  }

  async #attempts(path: string): Promise<Outcome> {
    const { context, waitlist, random, counters } = this.#options;
    for (let attempt = 0; ; attempt += 1) {
      const expected = isUlidName(path) ? undefined : (waitlist.get(path)?.fingerprint ?? NOT_SEEN_YET);
      const outcome = await carryFile(context, path, expected);
      if (outcome.kind !== 'failed' || outcome.unavailable || this.#stopping) return outcome;
      const delay = retryDelayMs(attempt, outcome.retryAfterMs, random);
      if (attempt + 1 >= defaults.ATTEMPTS_IN_HAND || delay > defaults.WAIT_IN_HAND_MS) return outcome;
      counters.failed(outcome.reason);
      await sleep(delay);
      if (this.#stopping) return outcome;
    }
  }

  #recordOutcome(path: string, outcome: Outcome): void {
    const { waitlist, counters, log, random } = this.#options;
    const attempts = (waitlist.get(path)?.attempts ?? 0) + defaults.ATTEMPTS_IN_HAND - 1;
    if (outcome.kind === 'durable') counters.durable(outcome.bytes, outcome.uploaded);
    if (outcome.kind === 'durable' && outcome.unmoved !== undefined) {
      waitlist.hold(path, 'unmoved', outcome.unmoved, retryDelayMs(attempts, undefined, random));
    } else if (outcome.kind === 'durable' || outcome.kind === 'gone') {
      waitlist.release(path);
    } else if (outcome.kind === 'conflict') {
      counters.counts.conflicts += 1;
      waitlist.release(path);
      log('error', 'Blob holds other contents under this name; the file was moved to conflicts', {
        name: path,
        movedTo: outcome.movedTo,
      });
    } else if (outcome.kind === 'changed') {
      // Whatever it is now has to stay so for a while; a file of the application only meets this on a torn connection.
      if (isUlidName(path))
        waitlist.hold(path, 'incomplete', outcome.reason, retryDelayMs(attempts, undefined, random));
      else waitlist.hold(path, 'settling', outcome.reason, defaults.SETTLE_MS);
    } else if (outcome.kind === 'failed') {
      counters.failed(outcome.reason);
      waitlist.hold(path, 'failed', outcome.reason, retryDelayMs(attempts, outcome.retryAfterMs, random));
    } else {
      waitlist.hold(path, outcome.kind, outcome.reason, retryDelayMs(attempts, undefined, random));
    }
    this.report(path, outcome);
  }
}
