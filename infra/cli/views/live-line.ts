import { visible } from '../../lib/visible.mjs';
import { forTerminal } from '../colour.ts';

const REFRESH_MS = 250;
const HEARTBEAT_MS = 30_000;

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** One line that shows what runs now, rewritten on a terminal and repeated now and then elsewhere. Other lines go above it. */
export class LiveLine {
  readonly #out: Terminal;
  readonly #text: () => string;
  readonly #timer: NodeJS.Timeout;
  #lastShown = Date.now();

  constructor(text: () => string, out: Terminal = process.stderr) {
    this.#text = text;
    this.#out = out;
    this.#timer = setInterval(() => this.refresh(), REFRESH_MS).unref();
  }

  /** Writes a line that stays. */
  above(line: string, out: Terminal = process.stdout): void {
    this.#clear();
    out.write(`${forTerminal(line, out)}\n`);
    this.#lastShown = Date.now();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  /** Shows what runs at this moment. */
  refresh(): void {
    const text = visible(this.#text());
    if (text === '') return;
    if (this.#out.isTTY === true) {
      this.#clear();
      this.#out.write(text.slice(0, (this.#out.columns || 80) - 1));
    } else if (Date.now() - this.#lastShown >= HEARTBEAT_MS) {
      this.#lastShown = Date.now();
      this.#out.write(`${text}\n`);
    }
  }

  #clear(): void {
    if (this.#out.isTTY === true) this.#out.write('\r\u001b[2K');
  }
}
