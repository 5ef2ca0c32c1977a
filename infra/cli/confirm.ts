import { createInterface } from 'node:readline/promises';
import { SlipError } from '../lib/errors.ts';

/** Asks a person on the terminal; true for yes, which an empty answer means too. Throws SLIP-CLI-UNCONFIRMED where nobody can be asked. */
export async function confirm(
  question: string,
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
): Promise<boolean> {
  if (!input.isTTY || !output.isTTY) {
    throw new SlipError('SLIP-CLI-UNCONFIRMED', {
      found: 'a question, and no terminal to ask it on',
      expected: 'a person, or --yes',
      fix: 'repeat the command with --yes',
    });
  }
  const terminal = createInterface({ input, output });
  try {
    return /^(y|yes|)$/i.test((await terminal.question(`${question} [Y/n] `)).trim());
  } finally {
    terminal.close();
  }
}
