import { visible } from '../lib/visible.mjs';

const REFRESH_MS = 200;
/** Without a terminal a line this often shows that it is alive. */
const HEARTBEAT_MS = 10_000;

/**
 * Shows parts that run at the same time: a line with the elapsed time when one begins or ends, and in between one line
 * that is rewritten on a terminal, or repeated now and then elsewhere.
 */
export class Progress {
  #out;
  #began = Date.now();
  /** @type {Map<string, string>} */
  #doing = new Map();
  #lastLine = Date.now();
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /** @param {{ isTTY?: boolean, columns?: number, write(text: string): unknown }} [out] */
  constructor(out = process.stderr) {
    this.#out = out;
  }

  /** @param {string} part @param {string} text what it does now */
  update(part, text) {
    this.#doing.set(part, text);
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#refresh(), REFRESH_MS);
    this.#timer.unref();
  }

  /** @param {string} part @param {string} text how it ended */
  finish(part, text) {
    this.#doing.delete(part);
    this.line(`${part}: ${text}`);
    if (this.#doing.size === 0) this.stop();
  }

  /** @param {string} text a line that stays */
  line(text) {
    this.#clear();
    this.#out.write(`  ${this.#elapsed()}  ${visible(text)}\n`);
    this.#lastLine = Date.now();
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#clear();
  }

  #refresh() {
    const text = visible([...this.#doing].map(([part, what]) => `${part}: ${what}`).join(' · '));
    if (this.#out.isTTY) {
      const room = (this.#out.columns || 80) - 1;
      this.#clear();
      this.#out.write(`  ${this.#elapsed()}  ${text}`.slice(0, room));
    } else if (Date.now() - this.#lastLine >= HEARTBEAT_MS) {
      this.line(text);
    }
  }

  #clear() {
    if (this.#out.isTTY) this.#out.write('\r\u001b[2K');
  }

  #elapsed() {
    return `${Math.round((Date.now() - this.#began) / 1000)} s`.padStart(5);
  }
}
