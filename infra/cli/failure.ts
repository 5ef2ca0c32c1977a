import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { firstLineOf } from '../lib/error-message.ts';
import { SlipError } from '../lib/errors.ts';
import { InterruptedError } from './interrupt.ts';

/** A command line that cannot be meant: exit code 2. */
export class UsageError extends SlipError {
  constructor(found: string, fix: string) {
    super('SLIP-CLI-USAGE', { found, fix });
  }
}

/**
 * What the user gets for an error, and the exit code: 2 for wrong use, 128 + signal when that is the cause, else 1. An error nobody expected becomes one line;
 * its stack goes to `detailsFile`.
 */
export function explain(error: unknown, detailsFile: string): { error: SlipError; exitCode: number } {
  if (error instanceof UsageError) return { error, exitCode: 2 };
  if (error instanceof SlipError) {
    const signal = error instanceof InterruptedError ? error : error.cause;
    return { error, exitCode: signal instanceof InterruptedError ? signal.exitCode : 1 };
  }
  const message = firstLineOf(error);
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  let where = detailsFile;
  try {
    mkdirSync(dirname(detailsFile), { recursive: true });
    appendFileSync(detailsFile, `${new Date().toISOString()} ${details}\n`);
  } catch {
    where = `nowhere, since ${detailsFile} cannot be written`;
  }
  return {
    error: new SlipError('SLIP-CLI-UNEXPECTED', { found: message, fix: `details are in ${where}`, cause: error }),
    exitCode: 1,
  };
}
