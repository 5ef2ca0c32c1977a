import { lstat, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../codedError.ts';

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
 * overwritten. Gives the path relative to `to`, or undefined when the file had gone.
 */
export async function moveAside(from: string, to: string, path: string, nowMs: number): Promise<string | undefined> {
  let target = path;
  for (let count = 0; await exists(join(to, target)); count += 1) {
    target = `again-${Math.floor(nowMs)}-${count}/${path}`;
  }
  return (await move(from, join(to, target))) ? target : undefined;
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
