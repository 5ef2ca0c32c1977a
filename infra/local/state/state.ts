import { mkdir, open, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isErrno } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import type { WorkerId } from '../appservice/worker.ts';

/** Room that the longest socket path below the state directory needs; Linux allows 107 bytes for the whole path. */
const longestSocketSuffixBytes = '/workers/a/run/php-fpm-internal.sock'.length;
const unixSocketPathMaxBytes = 107;
/** A new database, two slots with a package each and some room for logs and media. */
const startNeedsMb = 300;

/** Where everything of one local region lives; nothing is written outside it. */
export interface StatePaths {
  readonly root: string;
  /** Says that this directory is a region's: only such a one is ever removed. */
  readonly marker: string;
  readonly connection: string;
  readonly controlSocket: string;
  readonly site: string;
  readonly secrets: string;
  readonly evaluation: string;
  readonly ports: string;
  readonly processes: string;
  readonly tls: string;
  readonly mysql: string;
  readonly redis: string;
  readonly blob: string;
  readonly front: string;
  readonly mounts: string;
  readonly images: string;
  readonly packages: string;
  readonly logs: string;
  readonly telemetry: string;
  worker(id: WorkerId): { readonly home: string; readonly run: string };
}

/** Paths below `stateDir`. Throws SLIP-LOCAL-PATH when unix sockets below it would be longer than Linux allows. */
export function statePaths(stateDir: string): StatePaths {
  const root = resolve(stateDir);
  const room = unixSocketPathMaxBytes - longestSocketSuffixBytes;
  if (Buffer.byteLength(root) > room) {
    throw new SlipError('SLIP-LOCAL-PATH', {
      found: `the state directory ${root} is ${Buffer.byteLength(root)} bytes long`,
      expected: `at most ${room} bytes: unix sockets live below it and Linux limits their paths to ${unixSocketPathMaxBytes} bytes`,
      fix: 'choose a shorter one with --state DIR',
    });
  }
  if (/[^\w./@+~,-]/.test(root)) {
    throw new SlipError('SLIP-LOCAL-PATH', {
      found: `the state directory ${root} has characters that servers' configurations read as something else`,
      expected: 'letters, digits and . _ - / @ + ~ ,',
      fix: 'choose another with --state DIR, for example --state /tmp/slipway',
    });
  }
  return {
    root,
    marker: join(root, '.slipway-region'),
    connection: join(root, 'connection.json'),
    controlSocket: join(root, 'region.sock'),
    site: join(root, 'site.json'),
    secrets: join(root, 'secrets.json'),
    evaluation: join(root, 'evaluation.json'),
    ports: join(root, 'ports.json'),
    processes: join(root, 'processes'),
    tls: join(root, 'tls'),
    mysql: join(root, 'mysql'),
    redis: join(root, 'redis'),
    blob: join(root, 'blob'),
    front: join(root, 'front'),
    mounts: join(root, 'mounts'),
    images: join(root, 'images'),
    packages: join(root, 'packages'),
    logs: join(root, 'logs'),
    telemetry: join(root, 'telemetry'),
    worker: (id) => ({ home: join(root, 'workers', id, 'home'), run: join(root, 'workers', id, 'run') }),
  };
}

/** Creates the directories. A half-deleted state heals here: whatever is missing is made again. */
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
    paths.worker('a').home,
    paths.worker('a').run,
    paths.worker('b').home,
    paths.worker('b').run,
  ];
  try {
    for (const directory of directories) await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(paths.marker, '', { mode: 0o600 });
  } catch (cause) {
    throw asDiskError(cause, paths.root);
  }
  const { bavail, bsize } = await statfs(paths.root);
  const freeMb = Math.floor((bavail * bsize) / 1024 ** 2);
  if (freeMb < startNeedsMb) throw diskFull(`${freeMb} MB are free on the disk that holds ${paths.root}`);
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
    expected: `at least ${startNeedsMb} MB`,
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
      fix: 'choose another with --state DIR, or mend its owner (was it made by root?)',
      cause,
    });
  }
  return cause;
}
