import { chmod, mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { isErrno } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import type { StatePaths } from './paths.ts';

/** A new database, two slots with a package each and some room for logs and media. */
const START_NEEDS_MB = 300;

/** Creates the directories that are missing; a state that was half deleted is completed. */
export async function createStateDirectories(paths: StatePaths): Promise<void> {
  const directories = [
    paths.root,
    paths.processes,
    paths.tls,
    paths.mysql,
    paths.redis,
    paths.blob,
    paths.front,
    paths.mounts,
    paths.images,
    paths.packages,
    paths.logs,
    paths.telemetry,
    paths.traffic,
    paths.worker('a').home,
    paths.worker('a').run,
    paths.worker('b').home,
    paths.worker('b').run,
  ];
  await assertPrivate(paths);
  try {
    for (const directory of directories) await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(paths.marker, '', { mode: 0o600 });
  } catch (cause) {
    throw asDiskError(cause, paths.root);
  }
  const { bavail, bsize } = await statfs(paths.root);
  const freeMb = Math.floor((bavail * bsize) / 1024 ** 2);
  if (freeMb < START_NEEDS_MB) throw diskFull(`${freeMb} MB are free on the disk that holds ${paths.root}`);
}

/**
 * Makes the state directory private: another user must not be able to read or exchange what is in it. One that holds
 * other things than a region is left as it is and refused.
 */
async function assertPrivate({ root, marker }: StatePaths): Promise<void> {
  const found = await stat(root).catch(ignoreAbsent);
  if (found === undefined) return;
  const user = process.getuid?.() ?? found.uid;
  const isOwn = found.uid === user || user === 0;
  if (isOwn && (found.mode & 0o077) === 0) return;
  const isRegion = (await stat(marker).catch(ignoreAbsent)) !== undefined;
  // A start that is under way has made the directory of logs.
  const others = (await readdir(root)).filter((name) => name !== basename(marker) && name !== 'logs');
  if (isOwn && (isRegion || others.length === 0)) return chmod(root, 0o700);
  throw new SlipError('SLIP-LOCAL-NOT-PRIVATE', {
    found: `${root} belongs to user ${found.uid} and has mode ${(found.mode & 0o777).toString(8)}`,
    expected: 'a directory of yours that nobody else can enter: passwords and tokens are kept in it',
    fix: 'choose another with --state DIR, or one that does not exist yet',
  });
}

function ignoreAbsent(error: unknown): undefined {
  if (isErrno(error, 'ENOENT')) return undefined;
  throw error;
}

/** Replaces a file so that a crash or a full disk leaves the old content. Mode 0600. */
export async function writeFileAtomically(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw asDiskError(cause, path);
  }
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** The parsed file, or undefined when it is missing or was cut off: the caller makes it anew. */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function diskFull(found: string, cause?: unknown): SlipError {
  return new SlipError('SLIP-LOCAL-DISK-FULL', {
    found,
    expected: `at least ${START_NEEDS_MB} MB`,
    fix: 'free some space and run the command again, or choose another disk with --state DIR; nothing was lost',
    cause,
  });
}

function asDiskError(cause: unknown, path: string): unknown {
  if (isErrno(cause, 'ENOSPC')) {
    return diskFull(`no space left on the disk that holds ${path}`, cause);
  }
  if (isErrno(cause, 'EACCES') || isErrno(cause, 'EPERM') || isErrno(cause, 'EROFS')) {
    return new SlipError('SLIP-LOCAL-NOT-WRITABLE', {
      found: `${path} cannot be written`,
      expected: 'a directory that belongs to you',
      fix: 'choose another with --state DIR, or change its owner (was it made by root?)',
      cause,
    });
  }
  return cause;
}
