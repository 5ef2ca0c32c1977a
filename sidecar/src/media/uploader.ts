import { setTimeout as sleep } from 'node:timers/promises';
import { retryDelayMs } from '../backoff.ts';
import * as defaults from '../defaults.ts';
import type { Log } from '../log.ts';
import type { Span, StartSpan, TraceContext } from '../telemetry/tracer.ts';
import type { CarryContext } from './carry-context.ts';
import { type CarryOptions, carryFile } from './carry-file.ts';
import type { Counters } from './counters.ts';
import type { Fingerprint } from './fingerprint.ts';
import { isUlidName } from './names.ts';
import type { Outcome } from './outcome.ts';
import type { SecondLooks } from './second-looks.ts';
import type { Waitlist } from './waitlist.ts';

export interface UploaderOptions {
  readonly context: CarryContext;
  readonly waitlist: Waitlist;
  readonly counters: Counters;
  readonly log: Log;
  readonly random: () => number;
  /** Files that are carried concurrently for the scan. Requested files have the same number of their own. */
  readonly concurrency: number;
  readonly startSpan: StartSpan;
  /** URL of the container, for spans. */
  readonly blobUrl: string;
  /** Looks again at foreign files that were carried. */
  readonly looks: Pick<SecondLooks, 'add'>;
  /** Reports something unusual about a file. */
  readonly warn: (path: string, what: string) => void;
}

/** No file has this fingerprint, so a foreign file that the scan has not seen settling is not taken. */
const NOT_SEEN_YET: Fingerprint = { size: -1, mtimeMs: 0, ctimeMs: 0, ino: 0 };

/** Called with each outcome of a file. */
export type Watcher = (outcome: Outcome) => void;

/**
 * Carries files, a bounded number concurrently and each of them only once at a time. Requested files have a limit of their
 * own, so a backlog does not make them wait.
 */
export class Uploader {
  readonly #options: UploaderOptions;
  readonly #inHand = new Map<string, Promise<Outcome>>();
  readonly #watchers = new Map<string, Set<Watcher>>();
  /** In the order of the requests, with the spans of the callers. */
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

  /** Carries a file of the application out of turn. False when too many files wait already; then the scan will take it. */
  request(path: string, parent?: TraceContext): boolean {
    if (this.#inHand.has(path) || this.#requested.has(path)) return true;
    if (this.#requested.size >= defaults.REQUESTED_QUEUE_LIMIT || this.#stopping) return false;
    this.#requested.set(path, parent);
    this.#startRequested();
    return true;
  }

  /** Carries a file for the scan. Resolves when the work has begun, which may have to wait for other files. */
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

  /** Passes an outcome to the watchers of the file. */
  report(path: string, outcome: Outcome): void {
    for (const watcher of [...(this.#watchers.get(path) ?? [])]) watcher(outcome);
  }

  /** Starts nothing more. Resolves when the files in hand have ended. */
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
    const { context, random, counters } = this.#options;
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await carryFile(context, path, this.#carryOptions(path));
      if (outcome.kind !== 'failed' || outcome.unavailable || this.#stopping) return outcome;
      const delay = retryDelayMs(attempt, outcome.retryAfterMs, random);
      if (attempt + 1 >= defaults.ATTEMPTS_IN_HAND || delay > defaults.WAIT_IN_HAND_MS) return outcome;
      counters.failed(outcome.reason);
      await sleep(delay);
      if (this.#stopping) return outcome;
    }
  }

  #carryOptions(path: string): CarryOptions {
    const { waitlist } = this.#options;
    const waiting = waitlist.get(path);
    const asItIs = waitlist.mayCarryAsItIs(path);
    // A file of the application is taken as it is found, but not one that is carried for having been unchanged.
    const expected = isUlidName(path) && !asItIs ? undefined : (waiting?.fingerprint ?? NOT_SEEN_YET);
    return {
      ...(expected === undefined ? {} : { expected }),
      asItIs,
      probablyThere: waiting?.kind === 'unmoved',
    };
  }

  #recordOutcome(path: string, outcome: Outcome): void {
    const { waitlist, counters, log, random } = this.#options;
    const attempts = (waitlist.get(path)?.attempts ?? 0) + defaults.ATTEMPTS_IN_HAND - 1;
    const backoffMs = (retryAfterMs?: number): number => retryDelayMs(attempts, retryAfterMs, random);
    if (outcome.kind === 'durable') {
      this.#recordDurable(path, outcome);
    } else if (outcome.kind === 'gone') {
      waitlist.release(path);
    } else if (outcome.kind === 'conflict') {
      counters.counts.conflicts += 1;
      waitlist.release(path);
      log('error', 'Blob holds other contents under this name; the file was moved to conflicts', {
        name: path,
        movedTo: outcome.movedTo,
      });
    } else if (outcome.kind === 'changed' && !isUlidName(path)) {
      // The file has to stay unchanged for a while again.
      waitlist.hold(path, 'settling', outcome.reason, defaults.SETTLE_MS);
    } else if (outcome.kind === 'changed') {
      // A file of the application does not change: the connection broke, or the disk has a problem.
      waitlist.hold(path, 'unreadable', outcome.reason, backoffMs());
    } else if (outcome.kind === 'failed') {
      counters.failed(outcome.reason);
      waitlist.hold(path, 'failed', outcome.reason, backoffMs(outcome.retryAfterMs));
    } else if (outcome.kind === 'incomplete') {
      waitlist.hold(path, 'incomplete', outcome.reason, backoffMs(), outcome.fingerprint);
    } else {
      waitlist.hold(path, outcome.kind, outcome.reason, backoffMs());
    }
    this.report(path, outcome);
  }

  #recordDurable(path: string, outcome: Extract<Outcome, { kind: 'durable' }>): void {
    const { waitlist, counters, looks, warn } = this.#options;
    const { unmoved, asItIs } = outcome;
    if (asItIs !== undefined) warn(path, `carried as it is: ${asItIs}`);
    if (unmoved === undefined) {
      counters.durable(outcome.bytes, outcome.uploaded);
      waitlist.release(path);
      if (!isUlidName(path)) looks.add(path, outcome.synced);
      return;
    }
    const waiting = waitlist.get(path);
    if (waiting?.kind !== 'unmoved') {
      counters.durable(outcome.bytes, outcome.uploaded);
      warn(path, unmoved);
    }
    const attempts = waiting?.kind === 'unmoved' ? waiting.attempts : 0;
    waitlist.hold(path, 'unmoved', unmoved, Math.min(defaults.UNMOVED_CAP_MS, 1_000 * 2 ** Math.min(attempts, 20)));
  }
}
