import { SlipError } from '../../lib/errors.ts';
import { cleanEnvironment, type ProgramResult, runProgram } from '../../lib/run-program.ts';

const COMPOSER_TIMEOUT_MS = 300_000;
const REPORTED_LINES = 8;

/** Runs Composer without a shell, plugins or scripts, and without our own settings in its environment. */
export async function composer(
  directory: string,
  args: readonly string[],
  onProgress?: (message: string) => void,
): Promise<void> {
  const result = await runProgram({
    program: 'composer',
    args: [...args, '--no-interaction', '--no-ansi'],
    cwd: directory,
    environment: cleanEnvironment(process.env, {
      ...pick(process.env, ['COMPOSER_HOME', 'COMPOSER_CACHE_DIR', 'COMPOSER_AUTH']),
      COMPOSER_ALLOW_SUPERUSER: '1',
      COMPOSER_NO_AUDIT: '1',
      COMPOSER_ROOT_VERSION: '1.0.0',
      COMPOSER_VENDOR_DIR: 'vendor',
    }),
    timeoutMs: COMPOSER_TIMEOUT_MS,
    ...(onProgress === undefined ? {} : { onLine: onProgress }),
  });
  if (result.code !== 0) throw composerFailure(args[0] ?? '', result);
}

function composerFailure(command: string, result: ProgramResult): SlipError {
  if (result.missing) {
    return new SlipError('SLIP-RELEASE-COMPOSER', {
      found: 'the program composer is not installed',
      expected: 'Composer 2.5 or newer on PATH',
      fix: 'run `npm start` once, or install composer',
    });
  }
  if (result.timedOut) {
    return new SlipError('SLIP-RELEASE-COMPOSER', {
      found: `composer ${command} did not end within ${COMPOSER_TIMEOUT_MS / 1000} s`,
      expected: 'an answer from the package registry',
      fix: 'look at the network (proxy variables are passed on), then repeat the command: what was fetched is kept',
    });
  }
  const lines = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '');
  return new SlipError('SLIP-RELEASE-COMPOSER', {
    found: `composer ${command} failed:\n    ${lines.slice(-REPORTED_LINES).join('\n    ')}`,
    expected: 'a composer.json that is valid and agrees with its lock',
    fix: 'fix composer.json, or bring the lock up to date, then repeat the command',
  });
}

function pick(environment: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
}
