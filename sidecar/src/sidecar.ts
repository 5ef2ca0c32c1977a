import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlobAvailability, BlobCircuitBreaker } from './blob/circuit-breaker.ts';
import type { BlobStore } from './blob/store.ts';
import { reasonOf } from './coded-error.ts';
import * as defaults from './defaults.ts';
import { endsWithin } from './ends-within.ts';
import { type CarryAnswer, CarryRoute } from './http/carry-route.ts';
import type { ReadThroughOptions } from './http/read-through.ts';
import { type Log, visible } from './log.ts';
import { BufferPool } from './media/buffer-pool.ts';
import type { CarryContext } from './media/carry-context.ts';
import { countOutbox, listFiles, type OutboxCount } from './media/count-outbox.ts';
import { Counters } from './media/counters.ts';
import { type Drained, drain } from './media/drain.ts';
import { type Folders, foldersIn } from './media/folders.ts';
import { exists, move } from './media/moves.ts';
import { outboxId } from './media/outbox-id.ts';
import { Retention } from './media/retention.ts';
import { Scan } from './media/scan.ts';
import { pauseBetweenLooks, SecondLooks } from './media/second-looks.ts';
import { type SetAside, setAside } from './media/set-aside.ts';
import { SharedCount } from './media/shared-count.ts';
import { Uploader } from './media/uploader.ts';
import { Waitlist } from './media/waitlist.ts';
import type { Settings } from './settings.ts';
import { type BlobState, blobState, type Conflicts, type Status, statusOf } from './status.ts';
import type { StartSpan, TraceContext } from './telemetry/tracer.ts';

export interface SidecarOptions {
  readonly settings: Settings;
  readonly store: BlobStore;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly version: string;
  readonly warnings: readonly string[];
  readonly startSpan: StartSpan;
  /** Counts of the background tasks. */
  readonly extraCounts: () => Readonly<Record<string, number>>;
  /** The other instances on this outbox, and this instance's own name. */
  readonly others: () => readonly string[];
  readonly self: () => string;
}

export interface Readiness {
  readonly ready: boolean;
  readonly blob: BlobState;
  readonly reason?: string;
  readonly version: string;
  readonly digest: string;
}

interface MediaCount {
  readonly outbox: OutboxCount;
  readonly conflicts: Conflicts;
}

/** The whole sync, without the process around it. */
export class Sidecar {
  readonly settings: Settings;
  readonly folders: Folders;
  readonly reading: ReadThroughOptions;
  readonly #options: SidecarOptions;
  readonly #startedAtMs: number;
  readonly #breaker: BlobCircuitBreaker;
  readonly #waitlist: Waitlist;
  readonly #counters: Counters;
  readonly #uploader: Uploader;
  readonly #scan: Scan;
  readonly #retention: Retention;
  readonly #carryRoute: CarryRoute;
  readonly #looks: SecondLooks;
  /** The latest warnings about single files. */
  readonly #fileWarnings: string[] = [];
  #problem: string | undefined = 'starting';
  #stopping = false;
  #drains = 0;
  readonly #drainsEnd = new AbortController();
  readonly #mediaCount: SharedCount<MediaCount>;

  constructor(options: SidecarOptions) {
    const { settings, store, log, nowMs, random } = options;
    this.#options = options;
    this.settings = settings;
    this.#startedAtMs = nowMs();
    this.folders = foldersIn(settings.mediaRoot);
    this.#waitlist = new Waitlist(nowMs, settings.asIsMs);
    this.#mediaCount = new SharedCount(() => this.#count(), nowMs, countReuseMs);
    this.#counters = new Counters(nowMs);
    this.#breaker = new BlobCircuitBreaker({
      probe: (signal) => store.probe(signal),
      nowMs,
      random,
      onChange: (state, reason) => this.#onAvailabilityChange(state, reason),
    });
    this.reading = { store, breaker: this.#breaker };
    const context: CarryContext = {
      folders: this.folders,
      store,
      breaker: this.#breaker,
      buffers: new BufferPool(),
      nowMs,
      outboxId: remembered(() => outboxId(settings.mediaRoot).catch(() => undefined)),
    };
    const mayAsk = (): boolean => this.#breaker.state !== 'unavailable';
    this.#looks = new SecondLooks({
      context,
      counters: this.#counters,
      log,
      mayAsk,
      pause: pauseBetweenLooks,
      asIsMs: settings.asIsMs,
    });
    this.#uploader = new Uploader({
      context,
      waitlist: this.#waitlist,
      counters: this.#counters,
      log,
      random,
      concurrency: settings.uploads,
      startSpan: options.startSpan,
      blobUrl: `${settings.blobEndpoint.replace(/\/$/, '')}/${settings.container}`,
      looks: this.#looks,
      warn: (path, what) => this.#warnOfFile(path, what),
    });
    this.#scan = new Scan({
      outbox: this.folders.outbox,
      uploader: this.#uploader,
      waitlist: this.#waitlist,
      intervalMs: settings.scanMs,
      nowMs,
      mayUpload: mayAsk,
      self: options.self,
      others: options.others,
      onPass: (problem) => this.#onScanPass(problem),
    });
    this.#retention = new Retention({
      context,
      counters: this.#counters,
      log,
      retentionMs: settings.retentionMs,
      mayAsk,
      looks: this.#looks,
    });
    this.#carryRoute = new CarryRoute({
      uploader: this.#uploader,
      breaker: this.#breaker,
      folders: this.folders,
      counters: this.#counters,
      maxWaiters: settings.maxWaiters,
    });
  }

  async start(): Promise<void> {
    this.#breaker.start();
    await this.#makeFolders('starting');
    void this.#scan.run();
    void this.#retention.run();
    void this.#looks.run();
  }

  /** Starts nothing new and waits for the uploads in progress, at most until the limit. */
  async stop(limitMs: number): Promise<void> {
    this.#stopping = true;
    this.#scan.stop();
    this.#retention.stop();
    this.#looks.stop();
    this.#drainsEnd.abort();
    const ended = this.#uploader.stop();
    this.#carryRoute.stop();
    if (!(await endsWithin(ended, limitMs))) {
      this.#breaker.close('the sidecar is stopping');
      await endsWithin(ended, defaults.ABORT_WAIT_MS);
    }
    this.#breaker.stop();
    this.#carryRoute.wakeAll('the sidecar is stopping');
  }

  readiness(): Readiness {
    const reason = this.#stopping ? 'stopping' : this.#problem;
    const { version, settings } = this.#options;
    const base = {
      ready: reason === undefined,
      blob: blobState(this.#breaker.state),
      version,
      digest: settings.digest,
    };
    return reason === undefined ? base : { ...base, reason };
  }

  carry(name: string, waitMs: number, parent?: TraceContext): Promise<CarryAnswer> {
    return this.#carryRoute.carry(name, waitMs, parent);
  }

  /** Undefined when too many callers wait already. `gone` aborts when the caller disconnects. */
  async drain(timeoutMs: number, gone: AbortSignal): Promise<Drained | undefined> {
    if (this.#drains >= defaults.DRAINS_LIMIT) return undefined;
    this.#drains += 1;
    try {
      return await drain(
        {
          root: this.folders.root,
          outbox: this.folders.outbox,
          waitlist: this.#waitlist,
          nowMs: this.#options.nowMs,
          wakeScan: () => this.#scan.wake(),
          signal: AbortSignal.any([gone, this.#drainsEnd.signal]),
          lookAtCarried: () => this.#looks.lookAtAll(),
        },
        Math.min(timeoutMs, 1_000 * defaults.DRAIN_TIMEOUT_LIMIT_S),
      );
    } finally {
      this.#drains -= 1;
      // Whoever asks for the status after a drain gets a count that began after it.
      this.#mediaCount.forget();
    }
  }

  /** Retries all waiting files at once. Returns their number. */
  retryAll(): number {
    const count = this.#waitlist.size;
    this.#waitlist.clear();
    this.#scan.wake();
    return count;
  }

  /** Retries one file at once. A file in conflicts goes back to the outbox unless a file of that name is there. */
  async retry(name: string): Promise<'retried' | 'unknown' | 'occupied'> {
    const waiting = join(this.folders.outbox, name);
    const aside = join(this.folders.conflicts, name);
    const inOutbox = await exists(waiting);
    if (await exists(aside)) {
      if (inOutbox) return 'occupied';
      await move(aside, waiting);
    } else if (!inOutbox) {
      return 'unknown';
    }
    this.#waitlist.release(name);
    this.#scan.wake();
    return 'retried';
  }

  /** Takes a file out of the outbox or of conflicts for good, so that nothing waits for it. */
  async setAside(name: string): Promise<SetAside> {
    const result = await setAside(this.folders, name);
    if (result.kind === 'set aside') {
      this.#waitlist.release(name);
      this.#scan.wake();
      this.#options.log('warn', 'a file was set aside', { name, movedTo: result.movedTo });
    }
    return result;
  }

  async status(): Promise<Status> {
    const { settings, version, warnings, extraCounts, others } = this.#options;
    const { outbox, conflicts } = await this.#mediaCount.get();
    return statusOf({
      version,
      slot: settings.slot,
      instance: settings.instance,
      startedAtMs: this.#startedAtMs,
      problem: this.readiness().reason,
      ready: this.readiness().ready,
      breaker: this.#breaker,
      counters: this.#counters,
      outbox,
      conflicts,
      synced: this.#counters.synced,
      inHand: this.#uploader.inHand,
      others: others().length,
      extraCounts: { ...extraCounts(), waiters: this.#carryRoute.waiters },
      warnings: [...warnings, ...this.#fileWarnings],
    });
  }

  async #count(): Promise<MediaCount> {
    const { nowMs } = this.#options;
    const none: OutboxCount = { pending: 0, oldestSeconds: 0, stuckCount: 0, stuck: [] };
    const [outbox, conflicts] = await Promise.all([
      countOutbox(this.folders.outbox, this.#waitlist, nowMs).catch(() => none),
      listFiles(this.folders.conflicts, nowMs).catch(() => ({ names: [], count: 0 })),
    ]);
    return { outbox, conflicts };
  }

  #warnOfFile(path: string, what: string): void {
    this.#options.log('warn', what, { name: path });
    this.#fileWarnings.push(`${visible(path)}: ${what}`);
    if (this.#fileWarnings.length > defaults.WARNINGS_LIMIT) this.#fileWarnings.shift();
  }

  #onScanPass(problem: string | undefined): void {
    if (problem === undefined) {
      this.#problem = undefined;
      return;
    }
    void this.#makeFolders(problem);
  }

  /** The folders may disappear with the share they are on. They are created again as soon as that is possible. */
  async #makeFolders(found: string): Promise<void> {
    let problem = found;
    try {
      const { outbox, synced, conflicts, journal } = this.folders;
      for (const folder of [outbox, synced, conflicts, journal]) await mkdir(folder, { recursive: true });
      this.#scan.wake();
    } catch (error) {
      problem = reasonOf(error);
    }
    if (problem !== this.#problem) {
      this.#options.log('error', 'the folders of MEDIA_ROOT cannot be used', {
        code: 'SLIP-SIDECAR-MEDIA',
        reason: problem,
      });
    }
    this.#problem = problem;
  }

  #onAvailabilityChange(state: BlobAvailability, reason: string): void {
    this.#options.log(state === 'unavailable' ? 'warn' : 'info', `Blob is ${state}`, reason === '' ? {} : { reason });
    if (state === 'unavailable') {
      this.#carryRoute.wakeAll(`Blob is unavailable: ${reason}`);
    } else {
      this.#waitlist.wake(['failed']);
      this.#scan.wake();
    }
  }
}

/** Keeps the first result that is not undefined. */
function remembered<T>(read: () => Promise<T | undefined>): () => Promise<T | undefined> {
  let known: T | undefined;
  return async () => {
    known ??= await read();
    return known;
  };
}

/** A count of a large outbox is reused, so that counting takes at most a share of the time. A small one is made anew. */
function countReuseMs({ outbox, conflicts }: MediaCount, spentMs: number): number {
  const files = outbox.pending + outbox.stuckCount + conflicts.count;
  if (files < defaults.LARGE_OUTBOX_FILES) return 0;
  return Math.min(defaults.COUNT_REUSE_LIMIT_MS, spentMs / defaults.SCAN_DUTY);
}
