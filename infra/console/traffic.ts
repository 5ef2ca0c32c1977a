import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../lib/error-message.ts';
import { percentile } from '../lib/percentile.ts';
import { TRAFFIC_LOG } from '../local/servers/front.ts';
import type { SecondOfSlot, TrafficPoint } from './model.ts';

const KEPT_SECONDS = 600;
/** The front writes a request's line up to a second after its end. */
const SETTLED_AFTER_S = 2;
const CHUNK_BYTES = 1024 * 1024;
/** What of the log a page's first look may cost. */
const FIRST_READ_MAX_BYTES = 12 * 1024 * 1024;
const NOTHING: SecondOfSlot = [0, 0, 0, 0];

interface OpenSecond {
  readonly durations: number[];
  errors: number;
}
type Letter = 'p' | 's';

/**
 * Requests per second, errors and percentiles of each slot, from what the front writes of each request. Durations are kept
 * until their second is over, then its four numbers.
 */
export class TrafficReader {
  readonly #file: string;
  readonly #now: () => number;
  readonly #open = new Map<number, Partial<Record<Letter, OpenSecond>>>();
  #points: TrafficPoint[] = [];
  #offset: number | undefined;
  #rest = '';
  #closedUntil = 0;

  /** `now`: seconds since 1970. */
  constructor(directory: string, now: () => number = () => Date.now() / 1000) {
    this.#file = join(directory, TRAFFIC_LOG);
    this.#now = now;
  }

  /** The last ten minutes; a second without a point had no request. */
  get points(): readonly TrafficPoint[] {
    return this.#points;
  }

  /** Reads what was added. Resolves with the seconds that are complete now. */
  async read(): Promise<TrafficPoint[]> {
    await this.#readLines();
    return this.#closeSeconds(Math.floor(this.#now()) - SETTLED_AFTER_S);
  }

  async #readLines(): Promise<void> {
    const file = await open(this.#file, 'r').catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (file === undefined) return;
    try {
      const { size } = await file.stat();
      // The log was cut off by its rotation.
      if (this.#offset !== undefined && this.#offset > size) this.#offset = 0;
      this.#offset ??= Math.max(0, size - FIRST_READ_MAX_BYTES);
      const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, size - this.#offset));
      while (this.#offset < size) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#offset);
        if (bytesRead === 0) break;
        this.#offset += bytesRead;
        this.#take(buffer.toString('latin1', 0, bytesRead));
      }
    } finally {
      await file.close();
    }
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#count(line);
  }

  #count(line: string): void {
    const [letter = '', ended = '', seconds = '', status = ''] = line.split(' ');
    const t = Math.floor(Number(ended));
    if ((letter !== 'p' && letter !== 's') || !(t > this.#closedUntil) || t < this.#now() - KEPT_SECONDS) return;
    const slots = this.#open.get(t) ?? {};
    this.#open.set(t, slots);
    const second = slots[letter] ?? { durations: [], errors: 0 };
    slots[letter] = second;
    second.durations.push(Number(seconds) * 1000);
    if (status.startsWith('5')) second.errors += 1;
  }

  #closeSeconds(until: number): TrafficPoint[] {
    const closed = [...this.#open.keys()]
      .filter((t) => t <= until)
      .toSorted((a, b) => a - b)
      .map((t) => {
        const { p, s } = this.#open.get(t) ?? {};
        this.#open.delete(t);
        return { t, production: summary(p), staging: summary(s) };
      });
    this.#closedUntil = Math.max(this.#closedUntil, until);
    this.#points = [...this.#points, ...closed].filter(({ t }) => t > until - KEPT_SECONDS);
    return closed;
  }
}

function summary(second: OpenSecond | undefined): SecondOfSlot {
  if (second === undefined) return NOTHING;
  const { durations, errors } = second;
  return [durations.length, errors, Math.round(percentile(durations, 0.5)), Math.round(percentile(durations, 0.99))];
}
