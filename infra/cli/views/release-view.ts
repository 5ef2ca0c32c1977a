import { visible } from '../../lib/visible.mjs';
import type { ReleaseJournal } from '../../release/journal.ts';
import type { Listener, ReleaseEvent } from '../../release/phases/steps.ts';
import type { HistoryEntry } from '../../release/store/history.ts';
import type { Output } from '../output.ts';
import { releaseSignal } from '../release-signal.ts';
import { LiveLine, type Terminal } from './live-line.ts';

const marks = { done: '✓', failed: '✗' } as const;

/** A release for a person: a line per step as it ends, and one that shows what runs now. With --json: the events. */
export class ReleaseView {
  readonly listener: Listener;
  readonly #output: Output;
  readonly #terminal: Terminal;
  readonly #live: LiveLine | undefined;
  #step = '';
  #message = '';
  #since = Date.now();

  constructor(output: Output, terminal: Terminal = process.stderr) {
    this.#output = output;
    this.#terminal = terminal;
    this.#live = output.json ? undefined : new LiveLine(() => this.#running(), terminal);
    this.listener = (event) => this.#show(event);
  }

  end(): void {
    this.#live?.end();
  }

  #show(event: ReleaseEvent): void {
    this.#output.event({ time: new Date().toISOString(), ...event });
    if (event.event === 'notice') this.#live?.above(visible(`  · ${event.message}`), this.#terminal);
    if (event.event === 'progress') this.#message = event.message;
    if (event.event === 'gate' && event.passed) this.#message = `${event.gate} passed`;
    if (event.event !== 'step') return;
    if (event.state === 'started') {
      this.#step = event.step;
      this.#message = '';
      this.#since = Date.now();
      return;
    }
    this.#step = '';
    const note = event.state === 'done' ? (event.note ?? '') : (event.code ?? '');
    const line = `  ${marks[event.state]} ${event.step.padEnd(18)} ${seconds(event.ms).padStart(7)}  ${note}`;
    this.#live?.above(visible(line.trimEnd()), this.#terminal);
  }

  #running(): string {
    if (this.#step === '') return '';
    return `  … ${this.#step.padEnd(18)} ${seconds(Date.now() - this.#since).padStart(7)}  ${this.#message}`;
  }
}

/** Runs something that reports as a release does, shows it until it ends and writes it into the region's journal; an interrupt ends it as release-signal.ts says. */
export async function inView<T>(
  output: Output,
  journal: ReleaseJournal | undefined,
  run: (shown: { readonly listener: Listener; readonly signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const view = new ReleaseView(output);
  try {
    const listener = journal?.tee(view.listener) ?? view.listener;
    const result = await run({ listener, signal: releaseSignal() });
    journal?.end(result);
    return result;
  } catch (error) {
    journal?.fail(error);
    throw error;
  } finally {
    view.end();
  }
}

/** The one line at the end. */
export function outcomeLine({ version, kind, outcome, ms, requests, from }: HistoryEntry): string {
  const words = { release: 'released', promote: 'promoted', rollback: 'rolled back to', migrate: 'migrated' } as const;
  const lost =
    requests.sent === 0
      ? 'lost requests were not counted, since production did not answer before'
      : `${requests.lost} of ${requests.sent} requests lost`;
  if (outcome === 'verified')
    return visible(`${version} is verified in staging, ${lost}, ${seconds(ms)}; ./slipway promote puts it live`);
  return visible(`${words[kind]} ${version}${from === undefined ? '' : ` (was ${from})`}: ${lost}, ${seconds(ms)}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
