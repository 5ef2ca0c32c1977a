import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { cleanEnvironment, runProgram } from '../../lib/run-program.ts';
import type { PackageFile } from '../package/package-description.ts';
import type { Gate } from './gate.ts';

const CHECK_TIMEOUT_MS = 20_000;

/** What starts a version is there and can be read: whatever is known before a slot waits for it in vain. */
export const startupFiles: Gate<{
  readonly startupScript: PackageFile;
  /** Undefined for an application whose every script runs. */
  readonly frontController: PackageFile | undefined;
}> = {
  name: 'startup-files',
  async check({ startupScript, frontController }) {
    const files = frontController === undefined ? [startupScript] : [startupScript, frontController];
    for (const { path, content } of files) {
      if (content === undefined) throw refused(`the package has no ${path}`, 'the file that starts the version');
    }
    const line = (startupScript.content ?? '').split('\n').findIndex((text) => text.endsWith('\r')) + 1;
    if (line > 0) {
      throw refused(
        `line ${line} of ${startupScript.path} ends with CR LF, which bash takes for part of a name`,
        'line feeds alone',
        'git config core.autocrlf input, or a .gitattributes with `*.sh eol=lf`; then write the file anew',
      );
    }
    await requireSyntax(startupScript, 'bash', ['-n']);
    if (frontController !== undefined)
      await requireSyntax(frontController, 'php', ['-d', 'display_errors=stderr', '-l']);
    return undefined;
  },
};

/** Asks the program that will run a file; it runs no line of it. */
async function requireSyntax({ path, content = '' }: PackageFile, program: string, args: readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-startup-'));
  try {
    const name = basename(path);
    await writeFile(join(directory, name), content);
    const result = await runProgram({
      program,
      args: [...args, name],
      cwd: directory,
      environment: cleanEnvironment(process.env, {}),
      timeoutMs: CHECK_TIMEOUT_MS,
    });
    if (result.code === 0 || result.missing) return;
    const said = result.stderr.trim().split('\n')[0] ?? '';
    throw refused(`${path} does not parse: ${said}`, `a file that ${program} can read`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function refused(
  found: string,
  expected: string,
  fix = 'put it into the source tree as it has to be, and release again',
): SlipError {
  return new SlipError('SLIP-RELEASE-STARTUP', { found, expected, fix });
}
