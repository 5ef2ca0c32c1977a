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
    const lines = [`${this.code}  ${this.detail.found}`];
    if (this.detail.expected !== undefined) lines.push(`  expected: ${this.detail.expected}`);
    if (this.detail.fix !== undefined) lines.push(`  to do:    ${this.detail.fix}`);
    return lines.join('\n');
  }

  /** The object `--json` prints. */
  toJSON() {
    return { error: { code: this.code, ...this.detail } };
  }
}
