import { createHash } from 'node:crypto';
import { copyFile, cp, link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { composer } from './composer.ts';

/** Raise when the way vendor is installed changes: older caches are then left alone and not used. */
const vendorFormat = 3;

/** Asks the registry where its copies are; keeps every version. */
const refillArgs = ['update', '--lock', '--no-install', '--no-scripts', '--no-plugins', '--no-progress'];
const installArgs = [
  'install',
  '--no-dev',
  '--no-autoloader',
  '--no-scripts',
  '--no-plugins',
  '--prefer-dist',
  '--no-progress',
];
const autoloadArgs = ['dump-autoload', '--no-dev', '--classmap-authoritative', '--no-scripts', '--no-plugins'];

interface LockFile {
  readonly packages: readonly LockedPackage[];
  readonly 'packages-dev': readonly LockedPackage[];
}
interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly dist?: PackageDist | null;
}
/** `reference` is the commit, `shasum` the SHA-1 of the archive. A registry gives one of them or both. */
interface PackageDist {
  readonly reference?: string | null;
  readonly shasum?: string | null;
}

export interface VendorSource {
  readonly composerJson: Buffer;
  /** `versions.lock` holds no addresses of a registry, which are asked for; `composer.lock` is used as it is. */
  readonly lockName: 'versions.lock' | 'composer.lock';
  readonly lock: Buffer;
}

export async function readVendorSource(source: string): Promise<VendorSource> {
  const composerJson = await readFile(join(source, 'composer.json'));
  for (const lockName of ['versions.lock', 'composer.lock'] as const) {
    const lock = await readFile(join(source, lockName)).catch(() => undefined);
    if (lock !== undefined) return { composerJson, lockName, lock };
  }
  throw new SlipError('SLIP-RELEASE-VERSIONS-LOCK', {
    found: `${source} has neither versions.lock nor composer.lock`,
    expected: 'the pinned versions of every package, so that the same source gives the same package anywhere',
    fix: 'restore the file from version control, or write it anew as docs/guides/release.md says',
  });
}

export function vendorKey(source: VendorSource): string {
  const hash = createHash('sha256').update(`${vendorFormat}\0${source.lockName}\0${source.composerJson.length}\0`);
  return hash.update(source.composerJson).update(source.lock).digest('hex').slice(0, 24);
}

/**
 * The directory with composer.json, composer.lock and a `vendor` of production packages without autoloader, installed
 * once per `vendorKey`. Two builds at once both install; the first to finish is kept.
 */
export async function installVendor(
  source: VendorSource,
  cacheDir: string,
  onProgress?: (message: string) => void,
): Promise<string> {
  const target = join(cacheDir, 'vendor', vendorKey(source));
  if (await isDirectory(target)) return target;
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const directory = await mkdtemp(`${target}.`);
  try {
    await writeFile(join(directory, 'composer.json'), source.composerJson);
    await writeFile(join(directory, 'composer.lock'), source.lock);
    await composer(directory, ['validate', '--no-check-publish', '--no-check-all'], onProgress);
    const pinned = JSON.parse(source.lock.toString('utf8')) as LockFile;
    if (source.lockName === 'versions.lock') await refill(directory, pinned, onProgress);
    await composer(directory, installArgs, onProgress);
    await requireInstalled(directory, pinned, source.lockName);
    await requireNoDevelopmentPackages(directory, pinned);
    await forgetRegistry(directory);
    await rename(directory, target).catch(async (error: unknown) => {
      if (!(await isDirectory(target))) throw error;
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return target;
}

/**
 * Completes a build directory that holds the tree: `vendor` with an autoloader that knows every class of the tree and of
 * the packages, and no others. The packages are hard links to the installed ones, which nothing here writes to; what
 * Composer rewrites is copied.
 */
export async function placeVendor(installed: string, buildDir: string): Promise<void> {
  await fixAutoloaderName(join(buildDir, 'composer.json'));
  await cp(join(installed, 'composer.lock'), join(buildDir, 'composer.lock'));
  for (const name of await readdir(join(installed, 'vendor'))) {
    if (name === 'bin') continue;
    const [from, to] = [join(installed, 'vendor', name), join(buildDir, 'vendor', name)];
    if (name === 'composer') await cp(from, to, { recursive: true });
    else await linkTree(from, to);
  }
  await composer(buildDir, autoloadArgs);
  await sortProvided(join(buildDir, 'vendor/composer/installed.php'));
}

async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target);
    else await link(source, target).catch(() => copyFile(source, target));
  }
}

/** Completes a lock without addresses. Composer itself compares each archive with the SHA-1 that the registry gives now. */
async function refill(directory: string, pinned: LockFile, onProgress?: (message: string) => void): Promise<void> {
  await composer(directory, refillArgs, onProgress);
  const refilled = JSON.parse(await readFile(join(directory, 'composer.lock'), 'utf8')) as LockFile;
  requireSamePackages(allPackages(pinned), allPackages(refilled), { giver: 'the registry', lockName: 'versions.lock' });
}

async function requireInstalled(directory: string, pinned: LockFile, lockName: string): Promise<void> {
  const text = await readFile(join(directory, 'vendor/composer/installed.json'), 'utf8');
  const installed = JSON.parse(text) as { packages: LockedPackage[] };
  requireSamePackages(pinned.packages, installed.packages, { giver: 'the installation', lockName });
}

function allPackages(lock: LockFile): readonly LockedPackage[] {
  return [...lock.packages, ...lock['packages-dev']];
}

function requireSamePackages(
  pinned: readonly LockedPackage[],
  given: readonly LockedPackage[],
  from: { readonly giver: string; readonly lockName: string },
): void {
  const byName = new Map(given.map((entry) => [entry.name, entry]));
  for (const want of pinned) {
    const difference = packageDifference(want, byName.get(want.name));
    if (difference === undefined) continue;
    throw new SlipError('SLIP-RELEASE-VERSIONS-LOCK', {
      found: `${from.giver} gave ${want.name} ${difference.given} where ${from.lockName} pins ${difference.pinned}`,
      expected: 'the pinned packages',
      fix: `find out why the package changed; then bring ${from.lockName} up to date, test, commit it and release again`,
    });
  }
}

/** Registries differ in what they know of a package, so only what both sides know is compared. */
function packageDifference(
  want: LockedPackage,
  given: LockedPackage | undefined,
): { readonly pinned: string; readonly given: string } | undefined {
  if (given?.version !== want.version) return { pinned: want.version, given: given?.version ?? '(none)' };
  for (const fact of ['reference', 'shasum'] as const) {
    const [pinned, now] = [want.dist?.[fact], given.dist?.[fact]];
    if (!pinned || !now || pinned === now) continue;
    return { pinned: `${fact} ${pinned}`, given: `${want.version} with ${fact} ${now}` };
  }
  return undefined;
}

async function requireNoDevelopmentPackages(directory: string, lock: LockFile): Promise<void> {
  const text = await readFile(join(directory, 'vendor/composer/installed.json'), 'utf8');
  const installed = JSON.parse(text) as { packages: LockedPackage[]; dev: boolean; 'dev-package-names': string[] };
  const development = new Set(lock['packages-dev'].map((entry) => entry.name));
  const found = installed.packages.map((entry) => entry.name).filter((name) => development.has(name));
  if (!installed.dev && found.length === 0) return;
  throw new SlipError('SLIP-RELEASE-DEV-PACKAGES', {
    found: `development packages would be in the package: ${found.join(', ') || 'the installation is marked as one'}`,
    expected: 'only what production needs (`require`, not `require-dev`)',
    fix: 'remove the cache directory of packages and build again; if it persists, report it',
  });
}

/** Composer names the autoloader's class at random unless told; one name for all builds keeps their bytes the same. */
async function fixAutoloaderName(path: string): Promise<void> {
  const definition = JSON.parse(await readFile(path, 'utf8')) as { config?: Record<string, unknown> };
  definition.config = { ...definition.config, 'autoloader-suffix': 'Slipway' };
  await writeFile(path, JSON.stringify(definition));
}

/** Composer lists what packages provide in the order they happened to be installed in; sorted, it is always the same. */
async function sortProvided(path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const list = /('(?:provided|replaced)' => array\(\n)((?:\s+\d+ => '[^']*',\n)+)/g;
  const sorted = text.replace(list, (_, head: string, lines: string) => {
    const values = [...lines.matchAll(/'([^']*)'/g)].map(([, value]) => value).toSorted();
    return head + values.map((value, index) => `                ${index} => '${value}',\n`).join('');
  });
  await writeFile(path, sorted);
}

/** installed.json names the registry the packages came from: taken out, so that every registry gives the same bytes. */
async function forgetRegistry(directory: string): Promise<void> {
  const path = join(directory, 'vendor/composer/installed.json');
  const installed = JSON.parse(await readFile(path, 'utf8')) as { packages: Record<string, unknown>[] };
  for (const entry of installed.packages) {
    for (const key of ['dist', 'source', 'notification-url', 'time']) delete entry[key];
  }
  await writeFile(path, `${JSON.stringify(installed, null, 4)}\n`);
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
