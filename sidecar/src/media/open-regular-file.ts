import { constants, fstatSync } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../coded-error.ts';
import { type Fingerprint, fingerprintOf } from './fingerprint.ts';

export interface OpenFile {
  readonly handle: FileHandle;
  readonly fingerprint: Fingerprint;
  /** The number of names that the file has. */
  readonly links: number;
}

export type Opened =
  | ({ readonly kind: 'open' } & OpenFile)
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

const NOT_A_FILE: Opened = { kind: 'refused', reason: 'not a regular file' };

// Without O_NONBLOCK, opening a FIFO would wait for a writer.
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Opens a regular file below a folder. It follows no symbolic link, neither of the file nor of a folder on the way. */
export async function openRegularFile(root: string, path: string): Promise<Opened> {
  let handle: FileHandle;
  try {
    handle = await open(join(root, path), FLAGS);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'gone' };
    if (code === 'ELOOP') return { kind: 'refused', reason: 'a symbolic link, never followed' };
    if (code === 'ENXIO') return NOT_A_FILE;
    return { kind: 'unreadable', reason: `cannot be read: ${code}` };
  }
  try {
    // The kernel already knows these values, also on a network share, so the thread pool is not needed.
    const stats = fstatSync(handle.fd);
    const refusal = stats.isFile() ? await linkProblem(handle, root, path) : NOT_A_FILE;
    if (refusal === undefined) return { kind: 'open', handle, fingerprint: fingerprintOf(stats), links: stats.nlink };
    await handle.close();
    return refusal;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** O_NOFOLLOW checks only the last segment. The kernel knows the real path of the open handle. */
async function linkProblem(handle: FileHandle, root: string, path: string): Promise<Opened | undefined> {
  if (!path.includes('/')) return undefined;
  const real = await readlink(`/proc/self/fd/${handle.fd}`);
  // MEDIA_ROOT itself may be a link: it is a setting and therefore trusted.
  if (real === join(root, path) || real === join(await realpath(root), path)) return undefined;
  return real.endsWith(' (deleted)')
    ? { kind: 'gone' }
    : { kind: 'refused', reason: 'reached through a symbolic link' };
}
