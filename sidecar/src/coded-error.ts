/** An error that the user can fix: its code, what was found, what was expected, what to do. docs/reference/errors.md lists all codes. */
export class CodedError extends Error {
  readonly code: string;
  readonly found: string;
  readonly expected: string;
  readonly fix: string;

  constructor(code: string, found: string, expected: string, fix: string) {
    super(`${code}: ${found}`);
    this.name = 'CodedError';
    this.code = code;
    this.found = found;
    this.expected = expected;
    this.fix = fix;
  }

  toText(): string {
    return `${this.code}  ${this.found}\n  expected: ${this.expected}\n  to do:    ${this.fix}`;
  }
}

/** The message of an error, whatever was thrown. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? error.name : error.message;
}

/** The `code` of a system error (`ENOENT`), or an empty string. */
export function systemCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
