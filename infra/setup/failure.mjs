import { SetupError } from './error.mjs';

const TAIL_LINES = 15;
const NO_SPACE = /ENOSPC|No space left on device|enough free space/i;
const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|Temporary failure resolving|Could not resolve|Could not connect to|Unable to connect to|Failed to fetch|curl error/i;

/** @type {Record<'apt' | 'npm' | 'Composer', import('../lib/codes.ts').SlipCode>} */
const CODES = { apt: 'SLIP-SETUP-APT', npm: 'SLIP-SETUP-NPM', Composer: 'SLIP-SETUP-COMPOSER' };

/**
 * The coded error for an installation that failed, chosen by its output.
 *
 * @param {{ part: 'apt' | 'npm' | 'Composer', command: string, exitCode: number | null, output: string, log: string }} run
 */
export function explainFailure({ part, command, exitCode, output, log }) {
  const tail = output
    .trimEnd()
    .split('\n')
    .slice(-TAIL_LINES)
    .map((line) => `  | ${line}`)
    .join('\n');
  const fix = `read the end of ${log}:\n${tail}\n  then repeat the command: what is done already is kept`;
  if (NO_SPACE.test(output)) {
    return new SetupError('SLIP-SETUP-SPACE', {
      found: `the disk became full during ${command}`,
      expected: 'about 2 GB free',
      fix,
    });
  }
  if (NO_NETWORK.test(output)) {
    return new SetupError('SLIP-SETUP-NETWORK', {
      found: `${command} could not reach its server`,
      expected: 'a way to the package registry (look at proxy settings, DNS and the registry in the log)',
      fix,
    });
  }
  const how = exitCode === null ? 'was ended by a signal' : `failed with exit code ${exitCode}`;
  return new SetupError(CODES[part], { found: `${command} ${how}`, fix });
}
