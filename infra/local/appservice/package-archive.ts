import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import { messageOf } from '../../lib/error-message.ts';
import { NameIndex, safeSegments } from './archive-names.ts';
import { ArmError, badRequest } from './arm-error.ts';

export interface ArchiveLimits {
  readonly entries: number;
  /** Uncompressed bytes of the whole package. */
  readonly totalBytes: number;
  /** Uncompressed by compressed, for an entry or a whole package above `ratioFromBytes`. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
}

export const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits = {
  entries: 50_000,
  totalBytes: 2 * 1024 ** 3,
  ratio: 200,
  ratioFromBytes: 4 * 1024 ** 2,
};

/** Everything on App Service's `/home` is 0777, and cannot be anything else. */
export const HOME_MODE = 0o777;

/** Files written at a time. */
const WRITERS = 4;

interface PlannedFile {
  readonly entry: Entry;
  readonly path: string;
}

/**
 * Unpacks a zip into `directory`, which has to be there and empty. The whole of its table of contents is judged before
 * the first file is written; a refusal is a 400 that names the entry.
 */
export async function extractArchive(file: string, directory: string, limits: ArchiveLimits): Promise<number> {
  let zip: ZipFile | undefined;
  try {
    // Names are decoded and judged here, so that a refusal is ours and says which name.
    zip = await openPromise(file, { lazyEntries: true, autoClose: false, decodeStrings: false });
    const { files, directories } = await plan(zip, limits);
    await makeDirectories(directory, directories);
    await writeFiles(zip, files, directory);
    return files.length;
  } catch (error) {
    if (error instanceof ArmError || isSystemError(error)) throw error;
    throw badRequest(`The package is refused: it is not a readable zip (${messageOf(error)}).`);
  } finally {
    zip?.close();
  }
}

async function plan(zip: ZipFile, limits: ArchiveLimits): Promise<{ files: PlannedFile[]; directories: Set<string> }> {
  if (zip.entryCount > limits.entries) {
    throw badRequest(`The package is refused: it has ${zip.entryCount} entries, more than ${limits.entries}.`);
  }
  const names = new NameIndex();
  const files: PlannedFile[] = [];
  const directories = new Set<string>();
  let total = 0;
  let compressed = 0;
  for await (const entry of zip.eachEntry()) {
    const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
    const isDirectory = name.endsWith('/');
    const segments = safeSegments(name, 'the entry');
    assertPlain(entry, name);
    names.add(segments, isDirectory);
    total += entry.uncompressedSize;
    compressed += entry.compressedSize;
    assertRatio(entry.uncompressedSize, entry.compressedSize, limits, `the entry ${JSON.stringify(name)}`);
    if (total > limits.totalBytes) {
      throw badRequest(`The package is refused: it unpacks to more than ${limits.totalBytes} bytes.`);
    }
    const path = segments.join('/');
    directories.add(isDirectory ? path : dirname(path));
    if (!isDirectory) files.push({ entry, path });
  }
  assertRatio(total, compressed, limits, 'it');
  if (files.length === 0) throw badRequest('The package is refused: it holds no file.');
  return { files, directories };
}

/** Nothing but files and directories that can be read: no links, no devices, nothing encrypted. */
function assertPlain(entry: Entry, name: string): void {
  const type = (entry.externalFileAttributes >>> 16) & 0o170000;
  const quoted = JSON.stringify(name);
  if (type === 0o120000) throw badRequest(`The package is refused: the entry ${quoted} is a symbolic link.`);
  if (type !== 0 && type !== 0o100000 && type !== 0o040000) {
    throw badRequest(`The package is refused: the entry ${quoted} is neither a file nor a directory.`);
  }
  if (!entry.canDecodeFileData()) {
    throw badRequest(`The package is refused: the entry ${quoted} is encrypted or compressed in an unknown way.`);
  }
}

function assertRatio(bytes: number, compressed: number, limits: ArchiveLimits, what: string): void {
  if (bytes > limits.ratioFromBytes && bytes > compressed * limits.ratio) {
    throw badRequest(`The package is refused: ${what} unpacks to more than ${limits.ratio} times its size.`);
  }
}

async function makeDirectories(root: string, directories: ReadonlySet<string>): Promise<void> {
  for (const directory of [...directories].sort()) {
    await mkdir(join(root, directory), { recursive: true, mode: HOME_MODE });
  }
}

/** Settles after all writers have ended, also when one fails: the caller may then remove the directory. */
async function writeFiles(zip: ZipFile, files: readonly PlannedFile[], root: string): Promise<void> {
  const left = files.values();
  const failures: unknown[] = [];
  const writer = async (): Promise<void> => {
    for (const { entry, path } of left) {
      if (failures.length > 0) return;
      await writeFile(zip, entry, join(root, path), path).catch((error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  if (failures.length > 0) throw failures[0];
}

async function writeFile(zip: ZipFile, entry: Entry, file: string, path: string): Promise<void> {
  const handle = await open(file, 'wx', HOME_MODE);
  try {
    await handle.chmod(HOME_MODE);
    let sum = 0;
    // The stream is read immediately: an error without a listener would end the process.
    const content = await zip.openReadStreamPromise(entry);
    for await (const chunk of content) {
      sum = crc32(chunk as Buffer, sum);
      await handle.write(chunk as Buffer);
    }
    if (sum !== entry.crc32) throw badRequest(`The package is refused: the entry ${JSON.stringify(path)} is damaged.`);
  } finally {
    await handle.close();
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
