import { createHash } from 'node:crypto';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { linkTarget, listFiles } from './listed-files.ts';

/** OneDeploy refuses zips over 2 GB; a tree of this size is a mistake long before that. */
const TREE_MAX_BYTES = 500 * 1024 * 1024;
/** Keys of an environment file that are named to whoever releases; never their values. */
const KEYS_NAMED = 20;

export interface TreeFile {
  /** Relative, with `/`. */
  readonly path: string;
  /** Of a link, where it leads, relative to its own directory. */
  readonly content: Buffer;
  readonly executable: boolean;
  readonly isLink?: boolean;
}

export interface SourceTree {
  readonly files: readonly TreeFile[];
  readonly emptyDirectories: readonly string[];
  /** SHA-256 over paths, modes and contents. */
  readonly digest: string;
  /** Files below the directories that are left out, without those of version control. */
  readonly apart: readonly string[];
  /** What whoever releases should know that the package does not hold, one sentence each. */
  readonly leftOut: readonly string[];
}

export interface SourceOptions {
  /** Directory of the application. */
  readonly source: string;
  /** What version control ignores and the package holds. */
  readonly include: readonly string[];
  /** Directories at the top that something else provides. */
  readonly without?: readonly string[];
  /** Directories whose files are left out and listed. */
  readonly apart?: readonly string[];
}

/** The files of an application that belong into its package, read once so that what is hashed is what is packed. */
export async function readSourceTree({
  source,
  include,
  without = [],
  apart = [],
}: SourceOptions): Promise<SourceTree> {
  const info = await lstat(source).catch(() => undefined);
  if (info?.isDirectory() !== true) {
    throw new SlipError('SLIP-RELEASE-SOURCE', {
      found: `${source} is not a directory`,
      expected: 'the directory of a PHP application',
      fix: 'give its path with --source DIR',
    });
  }
  const isBelow = (path: string, directories: readonly string[]): boolean =>
    directories.some((each) => path === each || path.startsWith(`${each}/`));
  const isProvided = (path: string): boolean => isBelow(path, without) || isBelow(path, apart);
  const listed = await listFiles(source, include);
  const files: TreeFile[] = [];
  let bytes = 0;
  for (const path of listed.files.filter((each) => !isProvided(each))) {
    const file = await readTreeFile(source, path);
    bytes += file.content.length;
    if (bytes > TREE_MAX_BYTES) throw tooLarge(source);
    files.push(file);
  }
  const own = files.find(({ path }) => path === 'slipway' || path.startsWith('slipway/'));
  if (own !== undefined) {
    throw new SlipError('SLIP-RELEASE-SOURCE', {
      found: `${join(source, own.path)}: the name slipway/ is the runtime’s, which every package holds`,
      expected: 'no file or directory of this name at the top',
      fix: 'give it another name',
    });
  }
  const emptyDirectories = listed.emptyDirectories.filter((each) => !isProvided(each));
  const leftOut = await Promise.all(listed.environmentFiles.map((path) => describeEnvironmentFile(source, path)));
  const left = listed.files.filter((path) => isBelow(path, apart) && !/(^|\/)\.git(ignore|keep)$/.test(path));
  return { files, emptyDirectories, digest: digestOf(files, emptyDirectories), apart: left, leftOut };
}

/** One hash for files and empty directories that are sorted by path. */
export function digestOf(files: readonly TreeFile[], emptyDirectories: readonly string[] = []): string {
  const hash = createHash('sha256');
  for (const { path, content, executable, isLink } of files) {
    hash.update(`${path}\0${isLink ? 'l' : executable ? 'x' : '-'}\0${content.length}\0`);
    hash.update(content);
  }
  for (const path of emptyDirectories) hash.update(`${path}\0d\0`);
  return hash.digest('hex');
}

async function readTreeFile(root: string, path: string): Promise<TreeFile> {
  const absolute = join(root, path);
  const info = await lstat(absolute);
  if (!info.isSymbolicLink()) return { path, content: await readFile(absolute), executable: (info.mode & 0o100) !== 0 };
  if ((await linkTarget(root, path)) === undefined) {
    throw new SlipError('SLIP-RELEASE-SOURCE-LINK', {
      found: `${absolute} is a symbolic link that leads out of the application`,
      expected: 'links that are relative and stay inside, or none',
      fix: 'replace it by the file it stands for, or remove it',
    });
  }
  return { path, content: Buffer.from(await readlink(absolute)), executable: false, isLink: true };
}

async function describeEnvironmentFile(root: string, path: string): Promise<string> {
  const text = await readFile(join(root, path), 'utf8').catch(() => '');
  const keys = [...text.matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/gm)].map(([, key]) => key ?? '');
  const named =
    keys.slice(0, KEYS_NAMED).join(', ') + (keys.length > KEYS_NAMED ? `, and ${keys.length - KEYS_NAMED} more` : '');
  return `${path} stays here: what the application needs of it comes from env and secrets in slipway.yaml (${named || 'it sets nothing'})`;
}

function tooLarge(source: string): SlipError {
  return new SlipError('SLIP-RELEASE-SOURCE', {
    found: `${source} holds more than ${TREE_MAX_BYTES / 1024 / 1024} MB`,
    expected: 'the source of a web application',
    fix: 'remove what does not belong there (dumps, logs, media), or have version control ignore it',
  });
}
