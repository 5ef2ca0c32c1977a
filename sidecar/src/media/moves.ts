import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../coded-error.ts';

/** Renames, making the target's folder when it is not there. False when there is nothing (any more) to rename. */
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
 * Moves a file aside, below the same path; below a folder of its own when that path is taken, so that nothing is ever
 * overwritten, whoever moves at the same moment. Gives the path relative to `to`, or undefined when the file had gone.
 */
export async function moveAside(from: string, to: string, path: string): Promise<string | undefined> {
  const reserved = await reserve(join(to, path));
  const target = reserved ? path : `again-${randomUUID()}/${path}`;
  let moved = false;
  try {
    moved = await move(from, join(to, target));
  } finally {
    if (reserved && !moved) await unlink(join(to, path));
  }
  return moved ? target : undefined;
}

/** Makes an empty file where nothing is: of all who want the name, one gets it, and renames over it. */
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

export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return false;
    throw error;
  }
}
