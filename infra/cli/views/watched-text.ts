import type { Output } from '../output.ts';
import type { Terminal } from './live-line.ts';

const CLEAR = '\u001b[H\u001b[2J\u001b[3J';

/** A text that is shown again and again: in its place on a terminal, and elsewhere only when it has changed. */
export class WatchedText {
  readonly #output: Output;
  readonly #terminal: Terminal;
  #last = '';

  constructor(output: Output, terminal: Terminal = process.stdout) {
    this.#output = output;
    this.#terminal = terminal;
  }

  show(value: unknown, text: string): void {
    const shown = this.#output.json ? JSON.stringify(value) : text;
    if (shown === this.#last) return;
    this.#last = shown;
    if (this.#terminal.isTTY === true && !this.#output.json) this.#terminal.write(CLEAR);
    this.#output.result(value, text);
  }
}
