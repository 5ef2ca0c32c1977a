import { visible, visibleJson } from '../lib/visible.mjs';
import { forTerminal } from './colour.ts';

/** Until then a command is quick, and says nothing but its result. */
const SILENT_MS = 2_000;

export interface Sink {
  write(text: string): unknown;
}

/**
 * What a command says: results on stdout, progress on stderr, JSON in place of both when asked for. No control character of a
 * value reaches the terminal; a view shows those of a single value with `visible`, so that it cannot begin a line either.
 */
export class Output {
  readonly json: boolean;
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #began = Date.now();
  /** Applied to text for a person, not to JSON. */
  readonly #edit: (text: string) => string;
  #held: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    json: boolean,
    stdout: Sink = process.stdout,
    stderr: Sink = process.stderr,
    edit: (text: string) => string = (text) => text,
  ) {
    this.json = json;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#edit = edit;
  }

  /** The command's result: `value` with --json, else `text`. */
  result(value: unknown, text: string): void {
    if (this.json) this.event(value);
    else this.line(text.replace(/\n$/, ''));
  }

  /** One JSON line on stdout with --json, else nothing: for commands that report while they run. */
  event(value: unknown): void {
    if (this.json) this.#stdout.write(`${visibleJson(value)}\n`);
  }

  /** Text on stdout, not in JSON. */
  line(text: string): void {
    if (!this.json) this.#stdout.write(`${forTerminal(this.#edit(text), this.#stdout)}\n`);
  }

  /** What the command is doing now; shown, with the elapsed time, once it takes longer than two seconds. */
  progress(text: string): void {
    if (this.json) return;
    const seconds = ((Date.now() - this.#began) / 1000).toFixed(1);
    this.#held.push(`  ${seconds.padStart(5)} s  ${visible(this.#edit(text))}\n`);
    const left = this.#began + SILENT_MS - Date.now();
    if (left <= 0) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), left).unref();
  }

  /** Progress of a quick command is dropped with it. */
  end(): void {
    clearTimeout(this.#timer);
    this.#held = [];
  }

  #flush(): void {
    for (const line of this.#held) this.#stderr.write(line);
    this.#held = [];
  }
}
