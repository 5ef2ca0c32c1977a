/**
 * What a person can mend, as infra/lib/errors.ts has it. Set-up runs before Node 24 is there and so cannot import TypeScript.
 *
 * @typedef {{ found: string, expected?: string, fix?: string }} Detail
 */
export class SetupError extends Error {
  /**
   * @param {string} code SLIP-SETUP-<WORD>
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
