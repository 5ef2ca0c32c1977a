import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { cleanEnvironment, runProgram } from '../../lib/run-program.ts';

const GIT_TIMEOUT_MS = 20_000;

/** What version control says of a source directory. */
export interface SourceState {
  readonly commit: string;
  /** Paths with uncommitted changes, anywhere in the work tree: program and sidecar are released too. */
  readonly changed: readonly string[];
}

/** Undefined when the directory is in no git work tree. Throws SLIP-RELEASE-GIT when git cannot say. */
export async function readSourceState(directory: string): Promise<SourceState | undefined> {
  if (!(await isInWorkTree(directory))) return undefined;
  const commit = await git(directory, ['rev-parse', '--verify', 'HEAD']);
  const status = await git(directory, ['status', '--porcelain=v1', '-z', '--untracked-files=all']);
  const changed = status.split('\0').filter((line) => /^[ MADRCUT?!]{2} /.test(line));
  return { commit: commit.trim(), changed: changed.map((line) => line.slice(3)) };
}

async function isInWorkTree(directory: string): Promise<boolean> {
  for (let place = directory; ; place = dirname(place)) {
    if ((await stat(join(place, '.git')).catch(() => undefined)) !== undefined) return true;
    if (dirname(place) === place) return false;
  }
}

async function git(directory: string, args: readonly string[]): Promise<string> {
  const result = await runProgram({
    program: 'git',
    args,
    cwd: directory,
    environment: cleanEnvironment(process.env, { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' }),
    timeoutMs: GIT_TIMEOUT_MS,
  });
  if (result.code === 0) return result.stdout;
  const why = result.missing ? 'git is not installed' : result.timedOut ? 'it did not answer' : result.stderr.trim();
  throw new SlipError('SLIP-RELEASE-GIT', {
    found: `git ${args[0]} cannot say what ${directory} holds: ${why.split('\n')[0]}`,
    expected: 'a work tree with a commit, or none at all',
    fix: 'fix what git says; or release the tree as it is, without a commit in history, with --dirty',
  });
}
