import { Worker } from 'node:worker_threads';
import { backoffMs } from '../backoff.ts';
import { reasonOf } from '../coded-error.ts';
import * as defaults from '../defaults.ts';
import { endsWithin } from '../ends-within.ts';
import type { Log } from '../log.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';
import type { SpanData } from './span.ts';

export interface RelayOptions {
  readonly data: ThreadData;
  readonly log: Log;
  readonly random: () => number;
}

const THREAD = new URL('./thread.ts', import.meta.url);
const LIMITS = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 8 };
const BATCH = 256;
const BATCH_MS = 500;
const RESTART_FACTOR = 50;

/**
 * The sync's side of the telemetry thread: a bounded queue of spans. What does not fit, and what was lost on the way, is
 * counted and forgotten.
 */
export class Relay {
  readonly #options: RelayOptions;
  #thread: Worker | undefined;
  #ready = false;
  #restarts = 0;
  #losing = false;
  #stopped = false;
  #queue: { readonly span: SpanData; readonly bytes: number }[] = [];
  #inFlight = 0;
  /** Of all that are queued or in flight. */
  #bytes = 0;
  #flush: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  sent = 0;
  dropped = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#stopped) return;
    const thread = new Worker(THREAD, {
      workerData: this.#options.data,
      env: threadEnvironment(process.env),
      resourceLimits: LIMITS,
      stdout: true,
      stderr: true,
    });
    this.#thread = thread;
    thread.unref();
    thread.stdout.resume();
    thread.stderr.resume();
    thread.on('message', (message: FromThread) => this.#heard(message));
    thread.on('error', (error) => this.#options.log('warn', 'telemetry fell over', { reason: reasonOf(error) }));
    thread.on('exit', () => this.#ended());
  }

  /** Queues spans, which take so many bytes together; gives how many found room. */
  offer(spans: readonly SpanData[], bytes: number): number {
    if (spans.length === 0) return 0;
    const each = Math.ceil(bytes / spans.length);
    const places = defaults.SPAN_QUEUE_LIMIT - this.#queue.length - this.#inFlight;
    const room = Math.max(0, Math.min(places, Math.floor((defaults.SPAN_QUEUE_LIMIT_BYTES - this.#bytes) / each)));
    const taken = spans.slice(0, room);
    this.dropped += spans.length - taken.length;
    this.#bytes += taken.length * each;
    this.#queue.push(...taken.map((span) => ({ span, bytes: each })));
    if (this.#queue.length >= BATCH) this.#send();
    else this.#flush ??= setTimeout(() => this.#send(), BATCH_MS).unref();
    return taken.length;
  }

  sendGauges(gauges: Readonly<Record<string, number>>): void {
    if (this.#ready) this.#post({ kind: 'gauges', gauges });
  }

  /** Sends what is queued and gives the thread until the limit to get it out. */
  async stop(limitMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#restart);
    const thread = this.#thread;
    if (thread === undefined) return;
    if (this.#ready) {
      this.#send();
      const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
      thread.ref();
      this.#post({ kind: 'stop' });
      if (await endsWithin(ended, limitMs)) return;
    }
    await thread.terminate();
  }

  #send(): void {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    if (!this.#ready) return;
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, BATCH);
      this.#inFlight += batch.length;
      const bytes = batch.reduce((sum, queued) => sum + queued.bytes, 0);
      this.#post({ kind: 'spans', spans: batch.map(({ span }) => span), bytes });
    }
  }

  #heard(message: FromThread): void {
    if (message.kind === 'ready') {
      this.#ready = true;
      this.#send();
      return;
    }
    this.#restarts = 0;
    this.#inFlight -= message.count;
    this.#bytes -= message.bytes;
    if (message.kind === 'sent') this.sent += message.count;
    else this.dropped += message.count;
    if (message.kind === 'lost' && !this.#losing)
      this.#options.log('warn', 'spans were lost', { reason: message.reason });
    this.#losing = message.kind === 'lost';
  }

  #ended(): void {
    this.#ready = false;
    this.#thread = undefined;
    this.dropped += this.#inFlight;
    this.#inFlight = 0;
    this.#bytes = this.#queue.reduce((sum, queued) => sum + queued.bytes, 0);
    if (this.#stopped) return;
    this.#restarts += 1;
    const delay = 1_000 + RESTART_FACTOR * backoffMs(this.#restarts, this.#options.random);
    this.#restart = setTimeout(() => this.start(), delay).unref();
  }

  #post(message: ToThread): void {
    this.#thread?.postMessage(message);
  }
}

/** Only what the exporter may need; the tokens of the other settings are none of its business. */
export function threadEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const needed = ['NODE_EXTRA_CA_CERTS', 'HOME', 'NODE_COMPILE_CACHE'];
  // A thread is given undefined as the word.
  return Object.fromEntries(
    needed.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
}
