import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { readMigrations, schemaRange } from './migrations.ts';
import { isMigrationPath, ReadLimits } from './read-limits.ts';
import { digestOf, readSourceTree, type SourceTree, type TreeFile } from './source-tree.ts';
import { readTree, writeTree } from './tree.ts';
import { installVendor, placeVendor, readVendorSource, type VendorSource, vendorKey } from './vendor.ts';
import { warmCache } from './warm-cache.ts';
import { writeZip } from './zip.ts';

/** Raise when the same tree gives other bytes than before: older cached packages are then not used. */
const packageFormat = 2;
const versionLength = 12;

export interface PackageRequest {
  /** Directory of the web application; never written to. */
  readonly source: string;
  /** Where the zip goes, as `<version>.zip`. */
  readonly outDir: string;
  /** Installed vendors and built packages; may be removed at any time. */
  readonly cacheDir: string;
  readonly onProgress?: (message: string) => void;
}

export interface BuiltPackage {
  /** Absolute path of the zip. */
  readonly file: string;
  /** First 12 hexadecimal digits of the hash of tree and vendor: the same content has the same version. */
  readonly version: string;
  readonly schemaMin: string;
  readonly schemaMax: string;
  /** Of the zip. */
  readonly sha256: string;
  readonly bytes: number;
  /** What the tree has in its document root and the package has not: dot files, but `.well-known`. */
  readonly leftOut: readonly string[];
}

type PackageFacts = Omit<BuiltPackage, 'file' | 'leftOut'>;

/**
 * The package of a web application: its tree, `vendor` for production, the framework's cache and version.json, as a zip whose bytes depend on
 * nothing but the tree and its pinned versions. An unchanged tree is answered from the cache.
 */
export async function buildPackage(request: PackageRequest): Promise<BuiltPackage> {
  const tree = await readSourceTree(request.source);
  const vendor = await readVendorSource(request.source);
  const cached = join(request.cacheDir, 'packages', packageKey(tree, vendor));
  const facts = (await readFacts(cached)) ?? (await build(request, tree, vendor, cached));
  await mkdir(request.outDir, { recursive: true, mode: 0o700 });
  const file = join(request.outDir, `${facts.version}.zip`);
  await placeCopy(join(cached, 'package.zip'), file);
  return { file, ...facts, leftOut: tree.leftOut };
}

async function build(
  request: PackageRequest,
  tree: SourceTree,
  vendor: VendorSource,
  cached: string,
): Promise<PackageFacts> {
  requireReadable(request.source, tree);
  const range = schemaRange(await readMigrations(tree));
  request.onProgress?.('installing the pinned packages');
  const installed = await installVendor(vendor, request.cacheDir, request.onProgress);
  await mkdir(dirname(cached), { recursive: true, mode: 0o700 });
  const buildDir = await mkdtemp(`${cached}.`);
  try {
    request.onProgress?.('writing the class map');
    const directory = join(buildDir, 'tree');
    await writeTree(directory, tree.files);
    await placeVendor(installed, directory);
    const files = [...tree.files, ...(await readTree(directory, 'vendor'))];
    const version = digestOf(sorted(files)).slice(0, versionLength);
    const versionFile = versionJson({ version, ...range });
    await writeTree(directory, [versionFile]);
    request.onProgress?.('warming the cache');
    const cache = await warmCache(directory);
    request.onProgress?.('packing');
    const zip = await writeZip(join(buildDir, 'package.zip'), sorted([...files, ...cache, versionFile]));
    const facts: PackageFacts = { version, ...range, ...zip };
    await rm(join(buildDir, 'tree'), { recursive: true, force: true });
    await writeFile(join(buildDir, 'package.json'), `${JSON.stringify(facts, null, 2)}\n`);
    await rename(buildDir, cached).catch(async (error: unknown) => {
      if ((await readFacts(cached)) === undefined) throw error;
    });
    return facts;
  } finally {
    await rm(buildDir, { recursive: true, force: true });
  }
}

function requireReadable(source: string, { files }: SourceTree): void {
  const limits = new ReadLimits();
  for (const { path, content } of files.filter((file) => isMigrationPath(file.path))) {
    const found = limits.excess(path, content.length);
    if (found === undefined) continue;
    throw new SlipError('SLIP-RELEASE-SOURCE', {
      found: `${source}: ${found}`,
      expected: 'the source of a web application',
      fix: 'fold old migrations into one, and remove what is no migration',
    });
  }
}

function versionJson(content: { version: string; schemaMin: string; schemaMax: string }): TreeFile {
  return { path: 'version.json', content: Buffer.from(`${JSON.stringify(content)}\n`), executable: false };
}

function sorted(files: readonly TreeFile[]): TreeFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function packageKey(tree: SourceTree, vendor: VendorSource): string {
  const parts = `${packageFormat}\0${tree.digest}\0${vendorKey(vendor)}`;
  return createHash('sha256').update(parts).digest('hex').slice(0, 24);
}

/** What the cache says of a package, or undefined when it has none or its zip is not whole. */
async function readFacts(cached: string): Promise<PackageFacts | undefined> {
  try {
    const facts = JSON.parse(await readFile(join(cached, 'package.json'), 'utf8')) as PackageFacts;
    const { size } = await stat(join(cached, 'package.zip'));
    return size === facts.bytes ? facts : undefined;
  } catch {
    return undefined;
  }
}

/** A hard link where the file system allows one: packages are never written to once they are there. */
async function placeCopy(from: string, to: string): Promise<void> {
  const temporary = `${to}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  await link(from, temporary).catch(() => copyFile(from, temporary));
  await rename(temporary, to);
  await rm(temporary, { force: true });
}
