import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, opendir, rename, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../coded-error.ts';

/** Renames a file and creates the target's folder when it is missing. False when the file no longer exists. */
export async function move(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  await mkdir(dirname(to), { recursive: true });
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Moves a file or folder to the same path below another folder. When that path is taken, the file goes below a new folder there, so
 * concurrent moves never overwrite a file. Returns the path relative to `to`, or undefined when the file no longer exists.
 */
export async function moveAside(from: string, to: string, path: string): Promise<string | undefined> {
  // A folder cannot be renamed over the file that reserves its name.
  const reserved = !(await isFolder(from)) && (await reserve(join(to, path)));
  const target = reserved ? path : `again-${randomUUID()}/${path}`;
  let moved = false;
  try {
    moved = await move(from, join(to, target));
  } finally {
    if (reserved && !moved) await unlink(join(to, path));
  }
  return moved ? target : undefined;
}

/** Removes a folder below which there are no files. False when there are some; then part of it may be removed. */
export async function removeEmptyFolders(path: string): Promise<boolean> {
  try {
    // opendir would follow a link.
    if (!(await lstat(path)).isDirectory()) return false;
    for await (const entry of await opendir(path)) {
      if (!entry.isDirectory() || !(await removeEmptyFolders(join(path, entry.name)))) return false;
    }
    await rmdir(path);
    return true;
  } catch {
    // There is no folder, or it cannot be removed.
    return false;
  }
}

/** Creates an empty file where there is none. Only one of several concurrent callers succeeds and may rename over it. */
async function reserve(path: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST' || systemCode(error) === 'ENOTDIR') return false;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch {
    return false;
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return false;
    throw error;
  }
}
