import { Agent, request } from 'node:http';
import type { LoadState } from './model.ts';

/** What the page's load may ask of this machine. */
export const LOAD_LIMITS = { rate: 200, seconds: 120 } as const;
const CONNECTIONS_MAX = 64;
const TICK_MS = 20;
const ANSWER_WITHIN_MS = 10_000;
const REPORT_MS = 1_000;

export interface LoadRequest {
  /** Requests per second. */
  readonly rate: number;
  readonly seconds: number;
  readonly path: string;
}

/** A bounded number of requests to production, each sent when it is due. One load at a time. */
export class Load {
  readonly #port: number;
  readonly #report: (state: LoadState) => void;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
  #timer: NodeJS.Timeout | undefined;
  #lastReport = 0;
  #state: LoadState | undefined;

  /** `port` of production on 127.0.0.1: it goes nowhere else. */
  constructor(port: number, report: (state: LoadState) => void) {
    this.#port = port;
    this.#report = report;
  }

  get running(): boolean {
    return this.#timer !== undefined;
  }

  start({ rate, seconds, path }: LoadRequest): void {
    this.stop();
    const began = performance.now();
    const wanted = Math.round(rate * seconds);
    const endsAt = new Date(Date.now() + seconds * 1000).toISOString();
    this.#change({ rate, seconds, path, endsAt, sent: 0, failed: 0, running: true });
    this.#timer = setInterval(() => {
      const due = Math.min(wanted, Math.floor(((performance.now() - began) / 1000) * rate));
      for (let sent = this.#state?.sent ?? 0; sent < due; sent++) this.#send(path);
      if (due >= wanted) this.stop();
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#state?.running) this.#change({ ...this.#state, running: false }, true);
  }

  #send(path: string): void {
    this.#count({ sent: 1, failed: 0 });
    const failed = (): void => this.#count({ sent: 0, failed: 1 });
    const call = request({
      host: '127.0.0.1',
      port: this.#port,
      path,
      agent: this.#agent,
      timeout: ANSWER_WITHIN_MS,
      headers: { 'user-agent': 'slipway-console-load' },
    });
    call.on('response', (answer) => {
      answer.resume();
      if ((answer.statusCode ?? 500) >= 500) failed();
    });
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', failed);
    call.end();
  }

  #count({ sent, failed }: { readonly sent: number; readonly failed: number }): void {
    if (this.#state === undefined) return;
    this.#change({ ...this.#state, sent: this.#state.sent + sent, failed: this.#state.failed + failed });
  }

  #change(state: LoadState, atOnce = false): void {
    this.#state = state;
    if (!atOnce && performance.now() - this.#lastReport < REPORT_MS) return;
    this.#lastReport = performance.now();
    this.#report(state);
  }
}
