import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { messageOf } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import { AppService } from '../appservice/app-service.ts';
import { WebSlot } from '../appservice/web-slot.ts';
import type { ReleaseTarget } from '../target/target.ts';
import { listMedia, type MediaFile, type Skipped } from './media-listing.ts';

const OUTBOX = '/home/media/outbox';
/** OneDeploy takes 2 GB; smaller parts show progress and are cheap to repeat. */
const PART_MAX_BYTES = 256 * 1024 * 1024;
const PART_MAX_FILES = 2_000;

export interface Imported {
  readonly files: number;
  readonly bytes: number;
  /** What the sidecar would not carry, relative to the directory, and why. */
  readonly skipped: readonly Skipped[];
}

/**
 * Brings an existing media directory into Blob, through the outbox of the staging slot, whose sidecar carries into the same
 * container as production's. While staging runs no version, which is so until the second release, it has no sidecar, and
 * the files go through production's outbox. Neither slot restarts. Can be repeated: a file that is in Blob already, with the
 * same bytes, counts as carried. All names are judged before the first file goes: what the sidecar would not carry stays,
 * with its reason, and everything else is imported.
 */
export async function importMedia(
  target: ReleaseTarget,
  directory: string,
  onProgress: (message: string) => void,
): Promise<Imported> {
  const { files, skipped } = await listMedia(directory);
  const appService = new AppService(target.site, target.management);
  const scmHost = await hostWithSidecar(target, appService);
  const work = await mkdtemp(join(tmpdir(), 'slipway-media-'));
  let done = 0;
  try {
    for (const part of inParts(files)) {
      const zip = join(work, 'part.zip');
      await writePart(zip, directory, part);
      const { failed, message } = await appService.addFiles(scmHost, OUTBOX, zip, (await stat(zip)).size);
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

async function hostWithSidecar({ site, urls }: ReleaseTarget, appService: AppService): Promise<string> {
  const slot = await appService.slot();
  if (slot === undefined) {
    throw new SlipError('SLIP-MEDIA-SLOT', {
      found: `the app ${site.app} has no slot "${site.slot}"`,
      expected: 'the staging slot: files go in through its outbox',
      fix: 'npx pulumi up creates it',
    });
  }
  const { status } = await new WebSlot(urls.staging).ask('/_slipway/version');
  return status === 200 ? slot.scmHost : appService.productionScmHost();
}

export function* inParts(files: readonly MediaFile[]): Generator<MediaFile[]> {
  let part: MediaFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (part.length > 0 && (part.length === PART_MAX_FILES || bytes + file.bytes > PART_MAX_BYTES)) {
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
  const output = zip.outputStream as Readable;
  // A file that went away or changed since it was listed.
  zip.on('error', (error: Error) => output.destroy(error));
  try {
    // Media is compressed already.
    for (const { path } of part) zip.addFile(join(directory, path), path, { compress: false, mode: 0o100644 });
    zip.end();
    await pipeline(output, createWriteStream(file, { mode: 0o600 }));
  } catch (cause) {
    throw new SlipError('SLIP-MEDIA-IMPORT', {
      found: `the files of ${directory} cannot be packed: ${messageOf(cause)}`,
      expected:
        'files that stay as they are during the import, and room for 256 MB in the directory for temporary files',
      fix: 'run the import again: nothing is carried twice',
      cause,
    });
  }
}
