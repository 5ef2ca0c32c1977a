import { cleanEnvironment, runProgram } from './run-program.ts';

const gitTimeoutMs = 20_000;

/** What version control says of a source directory. */
export interface SourceState {
  readonly commit: string;
  /** Paths with uncommitted changes, anywhere in the work tree: program and sidecar are released too. */
  readonly changed: readonly string[];
}

/** Undefined when the directory is not in a git work tree with a commit. */
export async function readSourceState(directory: string): Promise<SourceState | undefined> {
  const commit = await git(directory, ['rev-parse', '--verify', 'HEAD']);
  const status = await git(directory, ['status', '--porcelain=v1', '-z', '--untracked-files=all']);
  if (commit === undefined || status === undefined) return undefined;
  const changed = status.split('\0').filter((line) => /^[ MADRCUT?!]{2} /.test(line));
  return { commit: commit.trim(), changed: changed.map((line) => line.slice(3)) };
}

async function git(directory: string, args: readonly string[]): Promise<string | undefined> {
  const result = await runProgram({
    program: 'git',
    args,
    cwd: directory,
    environment: cleanEnvironment(process.env, { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' }),
    timeoutMs: gitTimeoutMs,
  });
  return result.code === 0 ? result.stdout : undefined;
}
