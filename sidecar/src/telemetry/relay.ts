import { reasonOf } from '../coded-error.ts';
import * as defaults from '../defaults.ts';
import { endsWithin } from '../ends-within.ts';
import type { Log } from '../log.ts';
import type { Exporter } from './exporter.ts';
import type { SpanData } from './span.ts';

const BATCH = 256;
const BATCH_MS = 500;

/** A bounded queue of spans before the exporter. Spans that do not fit, or cannot be sent, are counted and dropped. */
export class Relay {
  readonly #load: () => Promise<Exporter>;
  readonly #log: Log;
  #exporter: Exporter | undefined;
  #losing = false;
  #stopped = false;
  #queue: { readonly span: SpanData; readonly bytes: number }[] = [];
  #inFlight = 0;
  /** Of all spans that are queued or in flight. */
  #bytes = 0;
  #flush: NodeJS.Timeout | undefined;
  sent = 0;
  dropped = 0;

  /** `load` loads and starts the exporter. */
  constructor(load: () => Promise<Exporter>, log: Log) {
    this.#load = load;
    this.#log = log;
  }

  /** Loads the exporter. Without it the sync works all the same, and spans are dropped when the queue is full. */
  async start(): Promise<void> {
    if (this.#stopped) return;
    try {
      const exporter = await this.#load();
      // It was stopped meanwhile.
      if (this.#stopped) return void exporter.stop();
      this.#exporter = exporter;
    } catch (error) {
      this.#log('warn', 'telemetry cannot start', { reason: reasonOf(error) });
    }
    this.#send();
  }

  /** Queues spans of `bytes` together. Returns how many were accepted. */
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

  setGauges(gauges: Readonly<Record<string, number>>): void {
    this.#exporter?.setGauges(gauges);
  }

  /** Sends what is queued, at most until the limit. */
  async stop(limitMs: number): Promise<void> {
    this.#stopped = true;
    const exporter = this.#exporter;
    if (exporter === undefined) return;
    this.#send();
    await endsWithin(exporter.stop(), limitMs);
  }

  #send(): void {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    if (this.#exporter === undefined) return;
    while (this.#queue.length > 0) void this.#sendBatch(this.#exporter, this.#queue.splice(0, BATCH));
  }

  async #sendBatch(
    exporter: Exporter,
    batch: readonly { readonly span: SpanData; readonly bytes: number }[],
  ): Promise<void> {
    this.#inFlight += batch.length;
    try {
      await exporter.send(batch.map(({ span }) => span));
      this.sent += batch.length;
      this.#losing = false;
    } catch (error) {
      this.dropped += batch.length;
      if (!this.#losing) this.#log('warn', 'spans were lost', { reason: reasonOf(error) });
      this.#losing = true;
    } finally {
      this.#inFlight -= batch.length;
      this.#bytes -= batch.reduce((sum, { bytes }) => sum + bytes, 0);
    }
  }
}
