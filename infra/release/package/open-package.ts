import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Entry, open, type ZipFile } from 'yauzl';
import { messageOf } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import type { Migration } from './migrations.ts';
import { DESCRIPTION_FORMAT, type PackageDescription, type PackageFile } from './package-description.ts';

/** app.json is small; anything larger is not what it says. */
const MEMBER_MAX_BYTES = 4 * 1024 * 1024;
const DESCRIPTION_PATH = 'slipway/app.json';
const STARTUP_PATH = 'slipway/startup.sh';
const wantedMembers = new Set([DESCRIPTION_PATH, STARTUP_PATH]);
/** OneDeploy takes no larger zip. */
const PACKAGE_MAX_BYTES = 2 * 1024 * 1024 * 1024;

/** What a package says of itself, read from its bytes. */
export interface OpenedPackage {
  readonly file: string;
  readonly version: string;
  readonly schemaMin: string;
  readonly schemaMax: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly migrations: readonly Migration[];
  readonly application: PackageDescription['application'];
  readonly startupScript: PackageFile;
  readonly frontController: PackageFile | undefined;
}

/** Opens a package built here or elsewhere. Throws SLIP-RELEASE-PACKAGE when it is none, SLIP-RELEASE-PACKAGE-OLD when it has no runtime. */
export async function openPackage(file: string): Promise<OpenedPackage> {
  const info = await stat(file).catch(() => undefined);
  if (info?.isFile() !== true) throw notAPackage(file, 'it is not a file');
  if (info.size > PACKAGE_MAX_BYTES) throw notAPackage(file, `it is larger than ${PACKAGE_MAX_BYTES / 1024 ** 3} GB`);
  const members = await readMembers(file).catch((error: unknown) => {
    throw notAPackage(file, messageOf(error));
  });
  const description = members.get(DESCRIPTION_PATH);
  if (description === undefined)
    throw members.has('version.json') ? tooOld(file) : notAPackage(file, `it holds no ${DESCRIPTION_PATH}`);
  const { version, schemaMin, schemaMax, migrations, application, frontController } =
    parseDescription(description) ?? fail(notAPackage(file, `its ${DESCRIPTION_PATH} is not whole`));
  return {
    file,
    version,
    schemaMin,
    schemaMax,
    sha256: await sha256Of(file),
    bytes: info.size,
    migrations,
    application,
    frontController,
    startupScript: { path: STARTUP_PATH, content: members.get(STARTUP_PATH)?.toString('utf8') },
  };
}

/** The description, and of the other members only that they are there. */
function readMembers(file: string): Promise<ReadonlyMap<string, Buffer>> {
  return new Promise((resolve, reject) => {
    open(file, { lazyEntries: true }, (error, zip) => {
      if (error !== null) return reject(error);
      const members = new Map<string, Buffer>();
      zip.on('error', reject);
      zip.on('end', () => resolve(members));
      zip.on('entry', (entry: Entry) => {
        if (!wantedMembers.has(entry.fileName)) {
          if (entry.fileName === 'version.json') members.set(entry.fileName, Buffer.alloc(0));
          return zip.readEntry();
        }
        readMember(zip, entry).then((content) => {
          members.set(entry.fileName, content);
          zip.readEntry();
        }, reject);
      });
      zip.readEntry();
    });
  });
}

function readMember(zip: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (entry.uncompressedSize > MEMBER_MAX_BYTES) return reject(new Error(`${entry.fileName} is too large`));
    zip.openReadStream(entry, (error, stream) => {
      if (error !== null) return reject(error);
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('end', () => resolve(Buffer.concat(chunks)));
    });
  });
}

function parseDescription(content: Buffer): PackageDescription | undefined {
  try {
    const value = JSON.parse(content.toString('utf8')) as Partial<PackageDescription>;
    const { format, version, schemaMin, schemaMax, migrations, application } = value;
    if (format !== DESCRIPTION_FORMAT || application === undefined || !Array.isArray(migrations)) return undefined;
    if (typeof version !== 'string' || !/^[A-Za-z0-9._-]{1,64}$/.test(version)) return undefined;
    if (typeof schemaMin !== 'string' || typeof schemaMax !== 'string') return undefined;
    return value as PackageDescription;
  } catch {
    return undefined;
  }
}

/** Packages from before the runtime was laid into them need a startup script that no site starts any more. */
function tooOld(file: string): SlipError {
  return new SlipError('SLIP-RELEASE-PACKAGE-OLD', {
    found: `${file} is a package of a form that is no longer run: it has no slipway/ of its own`,
    expected: 'a package that a release of this version of slipway built',
    fix: 'release that commit again from its source (--source DIR)',
  });
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function notAPackage(file: string, why: string): SlipError {
  return new SlipError('SLIP-RELEASE-PACKAGE', {
    found: `${file} is not a package: ${why}`,
    expected: 'a zip that a release built; it holds slipway/ and application.tar.gz',
    fix: 'build one by releasing from source, or give another with --package FILE',
  });
}

function fail(error: Error): never {
  throw error;
}
