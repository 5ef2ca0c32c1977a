import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';

/** OneDeploy refuses zips over 2 GB; a tree of this size is a mistake long before that. */
const treeMaxBytes = 200 * 1024 * 1024;

const documentRoot = 'public';
/** At the top of the tree: what tests, tools and earlier runs need, and what the package makes anew. */
const leftOutAtTop = new Set([
  'tests',
  'var',
  'vendor',
  'node_modules',
  'composer.lock',
  'versions.lock',
  'version.json',
]);
const developmentFile =
  /^(phpunit|phpstan|psalm|rector|infection|deptrac|codeception)[^/]*$|\.(md|dist)$|^(Dockerfile|Makefile)$/i;

export interface TreeFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly content: Buffer;
  readonly executable: boolean;
}

export interface SourceTree {
  readonly files: readonly TreeFile[];
  /** Files and directories in the document root that do not belong into a package: dot files, but `.well-known`. */
  readonly leftOut: readonly string[];
  /** SHA-256 over paths, modes and contents. */
  readonly digest: string;
}

/**
 * The files of a web application that belong into its package, read once so that what is hashed is what is packed.
 * Dot files, tests, `var` and the configuration of development tools stay out; `.well-known` in the document root is kept,
 * since visitors are to find it.
 */
export async function readSourceTree(source: string): Promise<SourceTree> {
  const info = await stat(source).catch(() => undefined);
  if (info?.isDirectory() !== true) {
    throw new SlipError('SLIP-RELEASE-SOURCE', {
      found: `${source} is not a directory`,
      expected: 'the directory of the web application (it has composer.json and public/)',
      fix: 'give its path with --source DIR',
    });
  }
  const files: TreeFile[] = [];
  const leftOut: string[] = [];
  await walk(source, '', { files, leftOut, bytes: 0 });
  if (!files.some((file) => file.path === 'composer.json')) {
    throw new SlipError('SLIP-RELEASE-SOURCE', {
      found: `${source} has no composer.json`,
      expected: 'the directory of the web application',
      fix: 'give its path with --source DIR',
    });
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, leftOut: leftOut.toSorted(), digest: digestOf(files) };
}

/** One hash for a list of files that is sorted by path. */
export function digestOf(files: readonly TreeFile[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${file.path}\0${file.executable ? 'x' : '-'}\0${file.content.length}\0`);
    hash.update(file.content);
  }
  return hash.digest('hex');
}

interface Walk {
  readonly files: TreeFile[];
  readonly leftOut: string[];
  bytes: number;
}

async function walk(root: string, below: string, found: Walk): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (isLeftOut(below, entry.name)) {
      if (path.startsWith(`${documentRoot}/`)) found.leftOut.push(path);
      continue;
    }
    if (entry.isDirectory()) {
      await walk(root, path, found);
    } else if (entry.isFile()) {
      found.files.push(await readTreeFile(root, path, found));
    } else {
      throw new SlipError('SLIP-RELEASE-SOURCE-LINK', {
        found: `${join(root, path)} is ${entry.isSymbolicLink() ? 'a symbolic link' : 'neither a file nor a directory'}`,
        expected: 'regular files and directories only: a package holds no links',
        fix: 'replace it by the file it stands for, or remove it',
      });
    }
  }
}

async function readTreeFile(root: string, path: string, total: { bytes: number }): Promise<TreeFile> {
  const absolute = join(root, path);
  const [info, content] = await Promise.all([stat(absolute), readFile(absolute)]);
  total.bytes += content.length;
  if (total.bytes > treeMaxBytes) {
    throw new SlipError('SLIP-RELEASE-SOURCE', {
      found: `${root} holds more than ${treeMaxBytes / 1024 / 1024} MB`,
      expected: 'the source of a web application',
      fix: 'remove what does not belong there (dumps, logs, media)',
    });
  }
  return { path, content, executable: (info.mode & 0o100) !== 0 };
}

function isLeftOut(below: string, name: string): boolean {
  if (name.startsWith('.')) return !(below === documentRoot && name === '.well-known');
  return below === '' && (leftOutAtTop.has(name) || developmentFile.test(name));
}
