import { constants, type Dirent } from 'node:fs';
import { access, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { importProblem, shareKey } from './media-name.ts';

export interface MediaFile {
  readonly path: string;
  readonly bytes: number;
}

/** What stays where it is, and why. A folder that is not entered has a `/` at its end. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

export interface MediaListing {
  readonly files: readonly MediaFile[];
  readonly skipped: readonly Skipped[];
}

/** Every regular file below the directory that the sidecar would carry, with `/` in its path; links are not followed. */
export async function listMedia(directory: string): Promise<MediaListing> {
  const root = await lstat(directory).catch(() => undefined);
  if (root?.isDirectory() !== true) {
    throw new SlipError('SLIP-MEDIA-DIRECTORY', {
      found: `${directory} is not a directory`,
      expected: 'the directory whose files are to be in Blob',
      fix: './slipway media import path/to/storage/media',
    });
  }
  const skipped: Skipped[] = [];
  const found: MediaFile[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readFolder(directory, folder, skipped)) {
      const path = `${folder}${entry.name}`;
      const verdict = await judge(directory, path, entry);
      if (typeof verdict === 'string') skipped.push({ name: entry.isDirectory() ? `${path}/` : path, reason: verdict });
      else if (verdict === undefined) folders.push(`${path}/`);
      else found.push(verdict);
    }
  }
  const { files, twins } = withoutTwins(found.toSorted(by(({ path }) => path)));
  return { files, skipped: [...skipped, ...twins].sort(by(({ name }) => name)) };
}

/** The file, undefined for a folder to enter, or why it stays. */
async function judge(directory: string, path: string, entry: Dirent): Promise<MediaFile | undefined | string> {
  const problem = importProblem(path);
  if (problem !== undefined) return problem;
  if (entry.isDirectory()) return undefined;
  if (!entry.isFile()) return 'no regular file';
  const full = join(directory, path);
  try {
    await access(full, constants.R_OK);
    return { path, bytes: (await lstat(full)).size };
  } catch {
    return 'it cannot be read';
  }
}

async function readFolder(directory: string, folder: string, skipped: Skipped[]): Promise<Dirent[]> {
  try {
    return await readdir(join(directory, folder), { withFileTypes: true });
  } catch {
    skipped.push({ name: folder === '' ? './' : folder, reason: 'it cannot be read' });
    return [];
  }
}

/**
 * Takes out the files whose names, or whose folders' names, an earlier one has on the share, which ignores case: there the
 * second would take the place of the first, or come into its folder.
 */
function withoutTwins(found: readonly MediaFile[]): { files: MediaFile[]; twins: Skipped[] } {
  const spellings = new Map<string, string>();
  const files: MediaFile[] = [];
  const twins: Skipped[] = [];
  for (const file of found) {
    const parts = prefixes(file.path);
    const taken = parts.map((part) => spellings.get(shareKey(part)));
    const other = taken.find((spelling, index) => spelling !== undefined && spelling !== parts[index]);
    if (other === undefined) {
      for (const part of parts) spellings.set(shareKey(part), part);
      files.push(file);
    } else {
      twins.push({
        name: file.path,
        reason: `differs from ${other} in case only, and the share that holds the outbox ignores case`,
      });
    }
  }
  return { files, twins };
}

function by<T>(key: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : 1);
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
function prefixes(path: string): string[] {
  const segments = path.split('/');
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}
