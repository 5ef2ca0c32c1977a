import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ZipFile } from 'yazl';
import { type MeasuredFile, writeMeasuredFile } from './measured-file.ts';
import type { TreeFile } from './source-tree.ts';

/**
 * The moment every entry carries. The DOS fields of a zip hold local time, so it is built from local parts (noon, away
 * from any clock change) and no universal time is added: the same bytes in every time zone.
 */
const entryTime = new Date(2020, 0, 1, 12, 0, 0);

/** Writes files in the given order, then stored ones as they lie on the disk, uncompressed; the bytes depend on nothing but paths, contents and modes. Returns size and hash. */
export async function writeZip(
  file: string,
  entries: readonly TreeFile[],
  stored: readonly { readonly path: string; readonly file: string }[] = [],
): Promise<MeasuredFile> {
  const zip = new ZipFile();
  for (const entry of entries) {
    zip.addBuffer(entry.content, entry.path, {
      mtime: entryTime,
      forceDosTimestamp: true,
      mode: entry.executable ? 0o100755 : 0o100644,
    });
  }
  for (const { path, file: source } of stored) {
    zip.addReadStream(createReadStream(source), path, {
      mtime: entryTime,
      forceDosTimestamp: true,
      mode: 0o100644,
      compress: false,
      size: (await stat(source)).size,
    });
  }
  zip.end();
  return writeMeasuredFile(file, zip.outputStream);
}
