import { lstat, readdir, readlink } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { cleanEnvironment, runProgram } from '../../lib/run-program.ts';

const GIT_TIMEOUT_MS = 20_000;
/** A million paths of usual length. */
const GIT_OUTPUT_BYTES = 64 * 1024 * 1024;
/** What no package holds, wherever it lies: version control, what Node installed, and secrets. */
const NEVER_LISTED = /(^|\/)(\.git|node_modules)(\/|$)|(^|\/)\.env(\.[^/]*)?$/;
const ENVIRONMENT_FILE = /(^|\/)\.env(\.[^/]*)?$/;
/** An example of an environment file holds no secret. */
const EXAMPLE_FILE = /\.(example|dist|sample|template)$/;

export interface ListedTree {
  /** Paths of files and links, sorted. */
  readonly files: readonly string[];
  /** Directories that hold nothing, sorted. */
  readonly emptyDirectories: readonly string[];
  /** Environment files that are left out. */
  readonly environmentFiles: readonly string[];
}

/**
 * What of a directory belongs into its package: what git would commit, and what `include` names; without git everything. `.git`,
 * `node_modules` and environment files stay out, unless `include` names the directory of modules.
 */
export async function listFiles(directory: string, include: readonly string[]): Promise<ListedTree> {
  const isIncluded = (path: string): boolean => include.some((each) => path === each || path.startsWith(`${each}/`));
  // What Node installed is not even looked at, unless something of it is wanted.
  const isSkipped = (path: string): boolean =>
    /(^|\/)\.git$/.test(path) ||
    (/(^|\/)node_modules$/.test(path) && !include.some((each) => `${each}/`.startsWith(`${path}/`)));
  const [all, committed] = await Promise.all([walk(directory, '', isSkipped), committable(directory)]);
  const isWanted = (path: string): boolean => committed === undefined || committed.has(path) || isIncluded(path);
  const mayBeListed = (path: string): boolean =>
    !isEnvironmentFile(path) && (!NEVER_LISTED.test(path) || isIncluded(path) || EXAMPLE_FILE.test(path));
  const ignoredDirectories = await ignored(directory, committed === undefined ? [] : all.emptyDirectories);
  return {
    files: all.files.filter((path) => isWanted(path) && mayBeListed(path)).toSorted(),
    emptyDirectories: all.emptyDirectories
      .filter((path) => (!ignoredDirectories.has(path) || isIncluded(path)) && !NEVER_LISTED.test(path))
      .toSorted(),
    environmentFiles: all.files.filter(isEnvironmentFile).toSorted(),
  };
}

function isEnvironmentFile(path: string): boolean {
  return ENVIRONMENT_FILE.test(path) && !EXAMPLE_FILE.test(path);
}

interface Walked {
  readonly files: string[];
  readonly emptyDirectories: string[];
}

async function walk(root: string, below: string, isSkipped: (path: string) => boolean): Promise<Walked> {
  const found: Walked = { files: [], emptyDirectories: [] };
  const entries = await readdir(join(root, below), { withFileTypes: true });
  if (entries.length === 0 && below !== '') found.emptyDirectories.push(below);
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (isSkipped(path)) continue;
      const inner = await walk(root, path, isSkipped);
      found.files.push(...inner.files);
      found.emptyDirectories.push(...inner.emptyDirectories);
    } else if (entry.isFile() || entry.isSymbolicLink()) {
      found.files.push(path);
    }
  }
  return found;
}

/** What is tracked or could be, or undefined outside version control. */
async function committable(directory: string): Promise<ReadonlySet<string> | undefined> {
  if (!(await isInWorkTree(directory))) return undefined;
  const listed = await git(directory, [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--deduplicate',
  ]);
  return new Set(listed.split('\0').filter((path) => path !== ''));
}

async function ignored(directory: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  // 1: none of them is ignored.
  const listed = await git(directory, ['-c', 'core.quotePath=false', 'check-ignore', '--', ...paths], [0, 1]);
  return new Set(listed.split('\n').filter((path) => path !== ''));
}

async function isInWorkTree(directory: string): Promise<boolean> {
  for (let place = directory; ; place = dirname(place)) {
    if ((await lstat(join(place, '.git')).catch(() => undefined)) !== undefined) return true;
    if (dirname(place) === place) return false;
  }
}

async function git(directory: string, args: readonly string[], accepted: readonly number[] = [0]): Promise<string> {
  const result = await runProgram({
    program: 'git',
    args,
    cwd: directory,
    environment: cleanEnvironment(process.env, { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' }),
    timeoutMs: GIT_TIMEOUT_MS,
    keptBytes: GIT_OUTPUT_BYTES,
  });
  if (result.code !== undefined && accepted.includes(result.code)) return result.stdout;
  throw new SlipError('SLIP-RELEASE-GIT', {
    found: `git ${args[0]} cannot say what ${directory} holds: ${(result.missing ? 'git is not installed' : result.stderr).trim().split('\n')[0]}`,
    expected: 'a work tree that git can read, or none at all',
    fix: 'correct what git says, then repeat the command',
  });
}

/** Where a link inside the tree leads, as a path of the tree; undefined when it leads out of it. */
export async function linkTarget(directory: string, path: string): Promise<string | undefined> {
  const target = await readlink(join(directory, path));
  if (target.startsWith('/')) return undefined;
  const inside = normalize(join(dirname(path), target));
  return inside === '..' || inside.startsWith('../') ? undefined : inside;
}
