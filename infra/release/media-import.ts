import { createWriteStream, type Dirent } from 'node:fs';
import { lstat, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { pathProblem } from '../../sidecar/src/media/names.ts';
import { SlipError } from '../lib/errors.ts';
import { AppService } from './appservice/app-service.ts';
import type { ReleaseTarget } from './target/target.ts';

const outbox = '/home/media/outbox';
/** OneDeploy takes 2 GB; smaller parts show progress and are cheap to repeat. */
const partMaxBytes = 256 * 1024 * 1024;
const partMaxFiles = 2_000;

export interface MediaFile {
  readonly path: string;
  readonly bytes: number;
}

export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

export interface Imported {
  readonly files: number;
  readonly bytes: number;
  /** The files that the sidecar would never carry, relative to the directory. */
  readonly skipped: readonly Skipped[];
}

/**
 * Brings an existing media directory into Blob, through the outbox of the staging slot: its sidecar carries into the same
 * container as production's, and production is not touched. Can be repeated: a file that is in Blob already, with the
 * same bytes, counts as carried.
 */
export async function importMedia(
  target: ReleaseTarget,
  directory: string,
  onProgress: (message: string) => void,
): Promise<Imported> {
  const { files, skipped } = await listMedia(directory);
  const appService = new AppService(target.site, target.management);
  const slot = await appService.slot();
  if (slot === undefined) {
    throw new SlipError('SLIP-MEDIA-SLOT', {
      found: `the app ${target.site.app} has no slot "${target.site.slot}"`,
      expected: 'the staging slot: files go in through its outbox',
      fix: 'npx pulumi up creates it',
    });
  }
  const work = await mkdtemp(join(tmpdir(), 'slipway-media-'));
  let done = 0;
  try {
    for (const part of inParts(files)) {
      const zip = join(work, 'part.zip');
      await writePart(zip, directory, part);
      const { failed, message } = await appService.addFiles(slot.scmHost, outbox, zip, (await stat(zip)).size);
      if (failed) {
        throw new SlipError('SLIP-MEDIA-IMPORT', {
          found: `${message} (after ${done} of ${files.length} files)`,
          expected: 'the SCM site to take the files',
          fix: 'fix what it says and run the import again: nothing is carried twice',
        });
      }
      done += part.length;
      onProgress(`${done} of ${files.length} files are in the outbox`);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0), skipped };
}

/**
 * Every file below the directory that can be carried, with `/` in its path, and the others with the reasons. All names are
 * judged by the sidecar's own rule before the first one is sent. Links are not followed.
 */
export async function listMedia(directory: string): Promise<{ files: MediaFile[]; skipped: Skipped[] }> {
  const root = await lstat(directory).catch(() => undefined);
  if (root?.isDirectory() !== true) {
    throw new SlipError('SLIP-MEDIA-DIRECTORY', {
      found: `${directory} is not a directory`,
      expected: 'the directory whose files are to be in Blob',
      fix: './slipway media import path/to/storage/media',
    });
  }
  const files: MediaFile[] = [];
  const skipped: Skipped[] = [];
  const byFoldedName = new Map<string, string>();
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const { path, full, isFile } of entries
    .filter((entry) => !entry.isDirectory())
    .map(locate(directory))
    .sort(byPath)) {
    const problem = isFile ? nameProblem(path, byFoldedName) : 'no regular file';
    if (problem !== undefined) skipped.push({ name: path, reason: problem });
    else files.push({ path, bytes: (await lstat(full)).size });
  }
  return { files, skipped };
}

function locate(directory: string) {
  return (entry: Dirent) => {
    const full = join(entry.parentPath, entry.name);
    return { full, path: relative(directory, full).split(sep).join('/'), isFile: entry.isFile() };
  };
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : 1;
}

/** Why a name cannot be imported. On the share that holds the outbox, names that differ in case only are one name. */
function nameProblem(path: string, byFoldedName: Map<string, string>): string | undefined {
  // A name that is not UTF-8 comes with the replacement character in it, and cannot be read by it.
  const problem = path.includes('\ufffd') ? 'a name that is not UTF-8' : pathProblem(path);
  if (problem !== undefined) return problem;
  const folded = path.toLowerCase();
  const twin = byFoldedName.get(folded);
  if (twin !== undefined) return `differs from ${twin} in case only`;
  byFoldedName.set(folded, path);
  return undefined;
}

export function* inParts(files: readonly MediaFile[]): Generator<MediaFile[]> {
  let part: MediaFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (part.length > 0 && (part.length === partMaxFiles || bytes + file.bytes > partMaxBytes)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(file);
    bytes += file.bytes;
  }
  if (part.length > 0) yield part;
}

async function writePart(file: string, directory: string, part: readonly MediaFile[]): Promise<void> {
  const zip = new ZipFile();
  // Media is compressed already.
  for (const { path } of part) zip.addFile(join(directory, path), path, { compress: false, mode: 0o100644 });
  zip.end();
  await pipeline(zip.outputStream as NodeJS.ReadableStream, createWriteStream(file, { mode: 0o600 }));
}
