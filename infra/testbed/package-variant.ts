import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Entry, open, type ZipFile } from 'yauzl';
import type { TreeFile } from '../release/package/source-tree.ts';
import { writeZip } from '../release/package/zip.ts';

export type Edit = (content: string) => string;

/**
 * Makes a package from another one by editing files of it, which is faster than a build. The edit of a file that does
 * not exist gets the empty text.
 */
export async function packageVariant(
  base: readonly TreeFile[],
  directory: string,
  version: string,
  edits: Readonly<Record<string, Edit>>,
): Promise<string> {
  const files = new Map(base.map((file) => [file.path, file]));
  const all: Record<string, Edit> = {
    ...edits,
    'version.json': (text) => JSON.stringify({ ...JSON.parse(edits['version.json']?.(text) ?? text), version }),
  };
  for (const [path, edit] of Object.entries(all)) {
    const before = files.get(path)?.content.toString('utf8') ?? '';
    const after = edit(before);
    if (after === before) throw new Error(`the edit of ${path} changes nothing`);
    files.set(path, { path, content: Buffer.from(after), executable: files.get(path)?.executable ?? false });
  }
  const file = join(directory, `${version}.zip`);
  await writeZip(file, [...files.values()], { compress: false });
  return file;
}

export function readZip(path: string): Promise<TreeFile[]> {
  return new Promise((resolve, reject) => {
    open(path, { lazyEntries: true }, (error, zip) => {
      if (error !== null) return reject(error);
      const files: TreeFile[] = [];
      zip.on('error', reject);
      zip.on('end', () => resolve(files));
      zip.on('entry', (entry: Entry) => {
        readEntry(zip, entry).then((content) => {
          files.push({
            path: entry.fileName,
            content,
            executable: ((entry.externalFileAttributes >>> 16) & 0o100) !== 0,
          });
          zip.readEntry();
        }, reject);
      });
      zip.readEntry();
    });
  });
}

function readEntry(zip: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error === null ? resolve(buffer(stream)) : reject(error)));
  });
}
