import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Entry, open, type ZipFile } from 'yauzl';
import { messageOf } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import { invalidManifest } from '../app/application.ts';
import type { Smoke } from '../app/manifest-schema.ts';
import { manifestName, parseManifest } from '../app/read-manifest.ts';
import { type Migration, readMigrations } from './migrations.ts';
import { isMigrationPath, ReadLimits } from './read-limits.ts';
import type { TreeFile } from './source-tree.ts';

/** OneDeploy takes no larger zip. */
const packageMaxBytes = 2 * 1024 * 1024 * 1024;
/** With the built-in application, whose runtime is part of it. */
const startupScript = 'appservice/startup.sh';
const frontController = 'public/index.php';
const wantedMembers = new Set(['version.json', manifestName, startupScript, frontController]);

/** A file of a package; without content when the package does not have it. */
export interface PackageFile {
  readonly path: string;
  readonly content: string | undefined;
}

/** What a package says of itself, read from its bytes. */
export interface OpenedPackage {
  readonly file: string;
  readonly version: string;
  readonly schemaMin: string;
  readonly schemaMax: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly migrations: readonly Migration[];
  readonly startupScript: PackageFile;
  readonly frontController: PackageFile;
  /** What the version has to answer, as its manifest says; undefined when it has none. */
  readonly smoke: readonly Smoke[] | undefined;
}

/** Opens a package built here or elsewhere. Throws SLIP-RELEASE-PACKAGE when it is none. */
export async function openPackage(file: string): Promise<OpenedPackage> {
  const info = await stat(file).catch(() => undefined);
  if (info?.isFile() !== true) throw notAPackage(file, 'it is not a file');
  if (info.size > packageMaxBytes) throw notAPackage(file, `it is larger than ${packageMaxBytes / 1024 ** 3} GB`);
  const members = await readMembers(file).catch((error: unknown) => {
    throw notAPackage(file, messageOf(error));
  });
  const version = members.find((member) => member.path === 'version.json');
  if (version === undefined) throw notAPackage(file, 'it holds no version.json');
  const facts = parseVersion(version.content) ?? fail(notAPackage(file, 'its version.json is not whole'));
  return {
    file,
    ...facts,
    sha256: await sha256Of(file),
    bytes: info.size,
    migrations: await readMigrations({ files: members }),
    ...manifestFacts(file, members),
  };
}

function manifestFacts(
  file: string,
  members: readonly TreeFile[],
): Pick<OpenedPackage, 'startupScript' | 'frontController' | 'smoke'> {
  const text = (path: string) => members.find((member) => member.path === path)?.content.toString('utf8');
  const { manifest, violations } = parseManifest(text(manifestName) ?? '');
  if (violations.length > 0) throw invalidManifest(file, violations);
  const { smoke } = manifest;
  return {
    smoke,
    startupScript: { path: startupScript, content: text(startupScript) },
    frontController: { path: frontController, content: text(frontController) },
  };
}

function readMembers(file: string): Promise<TreeFile[]> {
  const limits = new ReadLimits();
  return new Promise((resolve, reject) => {
    open(file, { lazyEntries: true }, (error, zip) => {
      if (error !== null) return reject(error);
      const members: TreeFile[] = [];
      zip.on('error', reject);
      zip.on('end', () => resolve(members.toSorted((a, b) => (a.path < b.path ? -1 : 1))));
      zip.on('entry', (entry: Entry) => {
        if (!isWanted(entry.fileName)) return zip.readEntry();
        const excess = limits.excess(entry.fileName, entry.uncompressedSize);
        if (excess !== undefined) return reject(new Error(excess));
        readMember(zip, entry).then((content) => {
          members.push({ path: entry.fileName, content, executable: false });
          zip.readEntry();
        }, reject);
      });
      zip.readEntry();
    });
  });
}

function isWanted(path: string): boolean {
  return wantedMembers.has(path) || isMigrationPath(path);
}

function readMember(zip: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error !== null) return reject(error);
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('end', () => resolve(Buffer.concat(chunks)));
    });
  });
}

function parseVersion(content: Buffer): Pick<OpenedPackage, 'version' | 'schemaMin' | 'schemaMax'> | undefined {
  try {
    const value = JSON.parse(content.toString('utf8')) as Record<string, unknown>;
    const { version, schemaMin, schemaMax } = value;
    if (typeof version !== 'string' || !/^[A-Za-z0-9._-]{1,64}$/.test(version)) return undefined;
    if (typeof schemaMin !== 'string' || typeof schemaMax !== 'string') return undefined;
    return { version, schemaMin, schemaMax };
  } catch {
    return undefined;
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function notAPackage(file: string, why: string): SlipError {
  return new SlipError('SLIP-RELEASE-PACKAGE', {
    found: `${file} is not a package: ${why}`,
    expected: 'a zip that a release built; it holds version.json, public/ and vendor/',
    fix: 'build one by releasing from source, or give another with --package FILE',
  });
}

function fail(error: Error): never {
  throw error;
}
