import { Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { forTerminal } from './colour.ts';

/** A terminal with colours, in all that counts here. */
class Terminal extends Writable {
  readonly isTTY = true;

  /** By TERM and NO_COLOR alone: where `CI` is set, Node takes every terminal for one without colours. */
  getColorDepth(): number {
    const { NO_COLOR } = process.env;
    const env = { TERM: 'xterm', ...(NO_COLOR === undefined ? {} : { NO_COLOR }) };
    return WriteStream.prototype.getColorDepth.call(this as unknown as WriteStream, env);
  }
}

const text = '  ✓ swap\nSLIP-LOCAL-LOG  it is DOWN';
const names = ['NO_COLOR', 'NODE_DISABLE_COLORS', 'FORCE_COLOR'];
let before: (string | undefined)[] = [];

beforeEach(() => {
  before = names.map((name) => process.env[name]);
  for (const name of names) delete process.env[name];
});

afterEach(() => {
  for (const [index, name] of names.entries()) {
    delete process.env[name];
    if (before[index] !== undefined) process.env[name] = before[index];
  }
});

test('a terminal gets marks, codes and what is down in colour', () => {
  const shown = forTerminal(text, new Terminal());
  expect(shown).toContain('\u001b[32m  ✓\u001b[39m swap');
  expect(shown).toContain('\u001b[31mSLIP-LOCAL-LOG\u001b[39m  it is \u001b[31mDOWN\u001b[39m');
});

test('a file, a pipe and a terminal with NO_COLOR get plain text', () => {
  expect(forTerminal(text, new Writable())).toBe(text);
  expect(forTerminal(text, { write: () => true })).toBe(text);
  process.env.NO_COLOR = '1';
  expect(forTerminal(text, new Terminal())).toBe(text);
});

test('a colour that the text brings along is shown as what it is', () => {
  expect(forTerminal('\u001b[32m✓', new Terminal())).toBe('\\u{1b}[32m✓');
});
