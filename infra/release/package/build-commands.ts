import { SlipError } from '../../lib/errors.ts';
import { cleanEnvironment, runProgram } from '../../lib/run-program.ts';
import type { Application } from '../app/application.ts';
import { parseCommand } from '../app/command-line.ts';

/** A build that takes longer hangs; a large one with npm takes a few minutes. */
const COMMAND_LIMIT_MS = 15 * 60_000;
const REPORTED_LINES = 12;

/**
 * The application's own build commands, one after the other, in a copy of its tree. They see the application's `env`, and no setting and
 * no secret of ours.
 */
export async function runBuildCommands(
  { build, env }: Pick<Application, 'build' | 'env'>,
  directory: string,
  onProgress?: (message: string) => void,
  limitMs = COMMAND_LIMIT_MS,
): Promise<void> {
  for (const command of build) {
    onProgress?.(command);
    const parsed = parseCommand(command);
    const [program = '', ...args] = 'words' in parsed ? parsed.words : [];
    const result = await runProgram({
      program,
      args,
      cwd: directory,
      environment: cleanEnvironment(process.env, { CI: 'true', NO_COLOR: '1', ...env }),
      timeoutMs: limitMs,
      ...(onProgress === undefined ? {} : { onLine: onProgress }),
    });
    if (result.code === 0) continue;
    const said = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '');
    throw new SlipError('SLIP-RELEASE-BUILD', {
      found: result.missing
        ? `the build command \`${command}\`: ${program} is not installed`
        : result.timedOut
          ? `the build command \`${command}\` did not end within ${Math.round(limitMs / 1000)} s, and was ended with everything it started`
          : `the build command \`${command}\` ended with code ${result.code ?? 'none'}:\n    ${said.slice(-REPORTED_LINES).join('\n    ')}`,
      expected: 'code 0; production was not touched',
      fix: 'run it in the application’s directory and correct what it says',
    });
  }
}
