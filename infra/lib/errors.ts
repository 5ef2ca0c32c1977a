import type { SlipCode } from './codes.ts';
import { visibleLines } from './visible.mjs';

/** The parts of an error that the user can fix. */
export interface SlipErrorDetail {
  /** What was found, with the offending value. */
  readonly found: string;
  /** What was expected instead. */
  readonly expected?: string;
  /** What to do about it; a command where one exists. */
  readonly fix?: string;
  readonly cause?: unknown;
}

/**
 * An error that the user can fix: printed without a stack, listed in docs/reference/errors.md under its code.
 * The errors of the command line (wrong use, an interruption) extend it; only set-up has a twin of its own.
 */
export class SlipError extends Error {
  readonly code: SlipCode;
  readonly detail: SlipErrorDetail;

  constructor(code: SlipCode, detail: SlipErrorDetail) {
    super(`${code}: ${detail.found}`, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'SlipError';
    this.code = code;
    this.detail = detail;
  }

  /** The lines a terminal shows. */
  toText(): string {
    const { found, expected, fix } = this.detail;
    const lines = [`${this.code}  ${quoted(found)}`];
    if (expected !== undefined) lines.push(`  expected: ${quoted(expected)}`);
    if (fix !== undefined) lines.push(`  to do:    ${fix}`);
    return visibleLines(lines.join('\n'));
  }

  /** The object `--json` prints. */
  toJSON(): Record<string, unknown> {
    const { found, expected, fix } = this.detail;
    return { error: { code: this.code, found, expected, fix } };
  }
}

/** What was found may hold lines of somebody else. They are marked as such, so that none reads like a line of ours. */
function quoted(text: string): string {
  return text.replace(/\r?\n */g, '\n  | ');
}
