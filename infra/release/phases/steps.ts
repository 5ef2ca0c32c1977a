import type { SlipCode } from '../../lib/codes.ts';
import { SlipError } from '../../lib/errors.ts';
import type { Gate } from '../gates/gate.ts';
import type { GateResult, TimedName } from '../store/history.ts';

/** Events of a running release; `--json` prints them as they are. */
export type ReleaseEvent =
  | { readonly event: 'step'; readonly step: string; readonly state: 'started' }
  | {
      readonly event: 'step';
      readonly step: string;
      readonly state: 'done';
      readonly ms: number;
      readonly note?: string;
    }
  | {
      readonly event: 'step';
      readonly step: string;
      readonly state: 'failed';
      readonly ms: number;
      readonly code?: SlipCode;
    }
  | { readonly event: 'progress'; readonly step: string; readonly message: string }
  | {
      readonly event: 'gate';
      readonly gate: string;
      readonly passed: boolean;
      readonly ms: number;
      readonly code?: SlipCode;
    }
  | { readonly event: 'notice'; readonly message: string };

export type Listener = (event: ReleaseEvent) => void;

/** Runs steps and gates one after the other, times them and reports each to the listener. */
export class Steps {
  readonly timings: TimedName[] = [];
  readonly gates: GateResult[] = [];
  readonly #listener: Listener;
  readonly #signal: AbortSignal | undefined;
  #current = '';

  constructor(listener: Listener, signal?: AbortSignal) {
    this.#listener = listener;
    this.#signal = signal;
  }

  /** What the action returns as `note` is shown beside the step. Before the step, an interrupt ends the release. */
  async run<T>(step: string, action: (note: (text: string) => void) => Promise<T>): Promise<T> {
    this.assertNotInterrupted();
    return this.runAlways(step, action);
  }

  /** A step that runs in spite of an interrupt: what has begun has to end. */
  async runAlways<T>(step: string, action: (note: (text: string) => void) => Promise<T>): Promise<T> {
    const began = performance.now();
    const outer = this.#current;
    this.#current = step;
    let shown: string | undefined;
    this.#listener({ event: 'step', step, state: 'started' });
    try {
      const result = await action((text) => {
        shown = text;
      });
      const ms = this.#time(step, began);
      this.#listener({ event: 'step', step, state: 'done', ms, ...(shown === undefined ? {} : { note: shown }) });
      return result;
    } catch (error) {
      const ms = this.#time(step, began);
      const code = error instanceof SlipError ? { code: error.code } : {};
      this.#listener({ event: 'step', step, state: 'failed', ms, ...code });
      throw error;
    } finally {
      this.#current = outer;
    }
  }

  async pass<Context>(gates: readonly Gate<Context>[], context: Context): Promise<void> {
    for (const gate of gates) {
      this.assertNotInterrupted();
      const began = performance.now();
      try {
        const note = await gate.check(context);
        this.#gate(gate.name, began, undefined);
        if (note !== undefined) this.notice(note);
      } catch (error) {
        this.#gate(gate.name, began, error);
        throw error;
      }
    }
  }

  progress(message: string): void {
    this.#listener({ event: 'progress', step: this.#current, message });
  }

  notice(message: string): void {
    this.#listener({ event: 'notice', message });
  }

  get isInterrupted(): boolean {
    return this.#signal?.aborted === true;
  }

  assertNotInterrupted(): void {
    if (this.#signal?.aborted !== true) return;
    throw new SlipError('SLIP-RELEASE-INTERRUPTED', {
      found: 'the release was interrupted before the swap',
      expected: 'it to run to its end',
      fix: 'production is as it was; repeat the command when you like',
      cause: this.#signal.reason,
    });
  }

  #time(name: string, began: number): number {
    const ms = Math.round(performance.now() - began);
    this.timings.push({ name, ms });
    return ms;
  }

  #gate(gate: string, began: number, error: unknown): void {
    const ms = Math.round(performance.now() - began);
    const code = error instanceof SlipError ? { code: error.code } : {};
    const result = { ms, passed: error === undefined, ...code };
    this.gates.push({ name: gate, ...result });
    this.#listener({ event: 'gate', gate, ...result });
  }
}
