import { visibleLines } from '../lib/visible.mjs';

/**
 * An error that the user can fix: the twin of SlipError in infra/lib/errors.ts, with the same texts. Set-up runs before
 * Node 24 is there, and an older Node cannot import TypeScript.
 *
 * @typedef {{ found: string, expected?: string, fix?: string }} Detail
 */
export class SetupError extends Error {
  /**
   * @param {import('../lib/codes.ts').SlipCode} code
   * @param {Detail} detail
   */
  constructor(code, detail) {
    super(`${code}: ${detail.found}`);
    this.name = 'SetupError';
    this.code = code;
    this.detail = detail;
  }

  /** The lines a terminal shows. */
  toText() {
    const { found, expected, fix } = this.detail;
    const lines = [`${this.code}  ${quoted(found)}`];
    if (expected !== undefined) lines.push(`  expected: ${quoted(expected)}`);
    if (fix !== undefined) lines.push(`  to do:    ${fix}`);
    return visibleLines(lines.join('\n'));
  }

  /** The object `--json` prints. */
  toJSON() {
    return { error: { code: this.code, ...this.detail } };
  }
}

/** What was found may hold lines of somebody else. They are marked as such. @param {string} text */
function quoted(text) {
  return text.replace(/\r?\n */g, '\n  | ');
}
