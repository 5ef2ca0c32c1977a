import { percentile } from '../../lib/percentile.ts';
import { Connection } from './connection.ts';

export interface OpenLoopPlan {
  readonly url: string;
  /** Requests that become due each second, whatever became of the earlier ones. */
  readonly perSecond: number;
  /** No more than this are open; a request that finds none waits, and its wait counts. */
  readonly connections: number;
}

/** What visitors waited, each counted from the moment when the request was due. */
export interface OpenLoopResult {
  readonly requests: number;
  readonly failed: number;
  /** Why, with how often. */
  readonly failures: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly timeline: Timeline;
}

/** By tenths of a second since the start, of the requests that became due in it. */
export interface Timeline {
  readonly maxMs: readonly number[];
  readonly failed: readonly number[];
}

const STEP_MS = 100;
const LAST_ANSWERS_MS = 10_000;
const POLL_MS = 20;

/**
 * Sends requests at the times at which they are due. A client that waits for an answer before it sends the next request
 * asks less while the server is slow, and so hides what visitors would have waited (coordinated omission).
 */
export class Schedule {
  readonly #plan: OpenLoopPlan;
  readonly #url: URL;
  readonly #began = performance.now();
  readonly #waits: number[] = [];
  readonly #failures: Record<string, number> = {};
  readonly #maxMs: number[] = [];
  readonly #failed: number[] = [];
  readonly #idle: Connection[] = [];
  readonly #waiting: number[] = [];
  #open = 0;
  #sent = 0;
  #done = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(plan: OpenLoopPlan) {
    this.#plan = plan;
    this.#url = new URL(plan.url);
    this.#tick();
  }

  /** Ends the schedule, waits for the last answers, and tells what was seen. */
  async stop(): Promise<OpenLoopResult> {
    clearTimeout(this.#timer);
    const deadline = performance.now() + LAST_ANSWERS_MS;
    while (this.#done < this.#sent && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const missing = this.#sent - this.#done;
    if (missing > 0) this.#failures[`no answer within ${LAST_ANSWERS_MS / 1000} s`] = missing;
    return {
      requests: this.#sent,
      failed: Object.values(this.#failures).reduce((sum, count) => sum + count, 0),
      failures: this.#failures,
      p50Ms: percentile(this.#waits, 0.5),
      p99Ms: percentile(this.#waits, 0.99),
      maxMs: percentile(this.#waits, 1),
      timeline: { maxMs: filled(this.#maxMs), failed: filled(this.#failed) },
    };
  }

  #tick(): void {
    const intervalMs = 1000 / this.#plan.perSecond;
    const due = () => this.#began + this.#sent * intervalMs;
    for (let next = due(); next <= performance.now(); next = due()) {
      this.#sent += 1;
      this.#send(next);
    }
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, due() - performance.now()));
  }

  #send(due: number): void {
    const connection = this.#connection();
    if (connection === undefined) {
      this.#waiting.push(due);
      return;
    }
    connection.send((failure) => {
      this.#record(due, failure);
      if (connection.usable) this.#idle.push(connection);
      const next = this.#waiting.shift();
      if (next !== undefined) this.#send(next);
    });
  }

  #connection(): Connection | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) if (idle.usable) return idle;
    if (this.#open >= this.#plan.connections) return undefined;
    this.#open += 1;
    return new Connection(this.#url, () => {
      this.#open -= 1;
    });
  }

  #record(due: number, failure: string | undefined): void {
    this.#done += 1;
    const step = Math.floor((due - this.#began) / STEP_MS);
    if (failure !== undefined) {
      this.#failures[failure] = (this.#failures[failure] ?? 0) + 1;
      this.#failed[step] = (this.#failed[step] ?? 0) + 1;
      return;
    }
    const wait = Math.round((performance.now() - due) * 100) / 100;
    this.#waits.push(wait);
    this.#maxMs[step] = Math.max(this.#maxMs[step] ?? 0, wait);
  }
}

function filled(sparse: readonly number[]): number[] {
  return Array.from(sparse, (value) => value ?? 0);
}
