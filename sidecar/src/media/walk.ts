import { isUtf8 } from 'node:buffer';
import type { Dir, Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../coded-error.ts';
import * as defaults from '../defaults.ts';
import { isTemporaryName, pathProblem } from './names.ts';

/** `refused` is never carried. `unread` is a folder whose contents are unknown. */
export type WalkEntry =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'refused' | 'unread'; readonly path: string; readonly reason: string };

const BUFFERED_ENTRIES = 512;

/**
 * Yields every file below a folder, one at a time, so that memory does not grow with their number. Links are never followed.
 * Anything but a regular file, and a name that cannot be carried, is yielded as `refused`; a folder that cannot be read is
 * yielded as `unread`. New temporary files are left out.
 */
export async function* walk(root: string, nowMs: () => number, prefix = '', depth = 0): AsyncGenerator<WalkEntry> {
  let folder: Dir;
  try {
    // latin1 preserves the bytes of names that are not UTF-8.
    folder = await opendir(join(root, prefix), { encoding: 'latin1', bufferSize: BUFFERED_ENTRIES });
  } catch (error) {
    if (systemCode(error) === 'ENOENT' && prefix !== '') return;
    if (prefix === '') throw error;
    yield { kind: 'unread', path: prefix, reason: `a folder that cannot be read: ${systemCode(error)}` };
    return;
  }
  for await (const entry of folder) {
    const bytes = Buffer.from(entry.name, 'latin1');
    if (!isUtf8(bytes)) {
      yield { kind: 'refused', path: `${prefix}${entry.name}`, reason: 'a name that is not UTF-8' };
      continue;
    }
    const name = bytes.toString('utf8');
    const path = `${prefix}${name}`;
    const kind = await kindOf(entry, join(root, path));
    if (kind === 'gone') continue;
    if (isTemporaryName(name) && !(await isOlder(join(root, path), nowMs() - defaults.TMP_REPORT_AFTER_MS))) continue;
    const reason = refusal(path, kind, depth);
    if (reason !== undefined) yield { kind: 'refused', path, reason };
    else if (kind === 'folder') yield* walk(root, nowMs, `${path}/`, depth + 1);
    else yield { kind: 'file', path };
  }
}

type Kind = 'file' | 'folder' | 'link' | 'other' | 'gone';

function refusal(path: string, kind: Kind, depth: number): string | undefined {
  if (kind === 'link') return 'a symbolic link, never followed';
  if (kind === 'other') return 'not a regular file';
  if (kind === 'folder' && depth >= defaults.FOLDER_DEPTH_LIMIT)
    return `folders deeper than ${defaults.FOLDER_DEPTH_LIMIT}`;
  return pathProblem(path);
}

async function kindOf(entry: Dirent, path: string): Promise<Kind> {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice() || entry.isBlockDevice()) return 'other';
  // Some file systems do not tell the kind of an entry in a listing.
  try {
    const stats = await lstat(path);
    if (stats.isFile()) return 'file';
    if (stats.isDirectory()) return 'folder';
    return stats.isSymbolicLink() ? 'link' : 'other';
  } catch {
    return 'gone';
  }
}

async function isOlder(path: string, thanMs: number): Promise<boolean> {
  try {
    return (await lstat(path)).mtimeMs < thanMs;
  } catch {
    return false;
  }
}
