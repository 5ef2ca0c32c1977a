import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import type { Application } from '../app/application.ts';
import { composer } from './composer.ts';

/** Raise when the way vendor is installed changes: older caches are then left alone and not used. */
const VENDOR_FORMAT = 5;

/** Asks the registry where its copies are; keeps every version. */
const refillArgs = ['update', '--lock', '--no-install', '--no-scripts', '--no-progress'];
const resolveArgs = ['update', '--no-install', '--no-scripts', '--no-progress'];
const installArgs = ['install', '--no-dev', '--no-autoloader', '--no-scripts', '--prefer-dist', '--no-progress'];
const autoloadArgs = ['dump-autoload', '--no-dev', '--optimize', '--no-scripts'];
const scriptLimitArgs = ['run-script', '--no-dev', '--timeout=300'];

const copying = { recursive: true, verbatimSymlinks: true };

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
  /** The committed lock file; undefined when there is none, and Composer takes the newest versions that fit. */
  readonly lock: Buffer | undefined;
  /** `versions.lock` holds no addresses of a registry, which are asked for; any other is used as it is. */
  readonly lockName: string;
  /** Plugins that may run, and scripts that run after the class map is written. */
  readonly plugins: readonly string[];
  readonly scripts: readonly string[];
  /** The application's directory, when packages come from paths in it; Composer then has to find them there. */
  readonly pathsFrom: string | undefined;
}

/** What Composer installs for an application; undefined when it has no composer.json. */
export async function readVendorSource(
  source: string,
  { lock: lockName, plugins, scripts }: Application['composer'],
): Promise<VendorSource | undefined> {
  const composerJson = await readFile(join(source, 'composer.json')).catch(() => undefined);
  if (composerJson === undefined) return undefined;
  const names = ['versions.lock', lockName];
  const locks = await Promise.all(names.map((name) => readFile(join(source, name)).catch(() => undefined)));
  const found = locks.findIndex((each) => each !== undefined);
  const lock = locks[found];
  const pathsFrom = hasPathRepositories(readDefinition(source, composerJson)) ? source : undefined;
  return { composerJson, lock, lockName: names[found] ?? lockName, plugins, scripts, pathsFrom };
}

export function vendorKey({ composerJson, lock, lockName, plugins }: VendorSource): string {
  const hash = createHash('sha256').update(
    `${VENDOR_FORMAT}\0${lockName}\0${composerJson.length}\0${plugins.join(',')}\0`,
  );
  return hash
    .update(composerJson)
    .update(lock ?? '')
    .digest('hex')
    .slice(0, 24);
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
  // What lies in a path may have changed under the same version.
  if (source.pathsFrom !== undefined) await rm(target, { recursive: true, force: true });
  if (await isDirectory(target)) return target;
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const directory = await mkdtemp(`${target}.`);
  try {
    await writeFile(join(directory, 'composer.json'), composerJsonFor(source));
    if (source.lock !== undefined) await writeFile(join(directory, 'composer.lock'), source.lock);
    const unlocked = source.lock === undefined ? ['--no-check-lock'] : [];
    await composer(directory, ['validate', '--no-check-publish', '--no-check-all', ...unlocked], onProgress);
    if (source.lock === undefined) await composer(directory, withPlugins(source, resolveArgs), onProgress);
    const pinned = JSON.parse(await readFile(join(directory, 'composer.lock'), 'utf8')) as LockFile;
    if (source.lockName === 'versions.lock')
      await refill(directory, pinned, withPlugins(source, refillArgs), onProgress);
    await composer(directory, withPlugins(source, installArgs), onProgress);
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
 * Completes a build directory that holds the tree: `vendor` with an autoloader that knows the classes of the tree and of the packages, and
 * what plugins have placed elsewhere. Packages are copied, not linked: another build's link would change a file while it is packed. Then the scripts of the application that may run do.
 */
export async function placeVendor(
  installed: string,
  buildDir: string,
  source: VendorSource,
  onProgress?: (message: string) => void,
): Promise<void> {
  const own = await readFile(join(buildDir, 'composer.json'));
  const ownLock = await readFile(join(buildDir, 'composer.lock')).catch(() => undefined);
  await writeFile(join(buildDir, 'composer.json'), composerJsonFor(source));
  for (const name of await readdir(installed)) {
    if (name !== 'composer.json' && name !== 'vendor') await cp(join(installed, name), join(buildDir, name), copying);
  }
  await cp(join(installed, 'vendor'), join(buildDir, 'vendor'), copying);
  await composer(buildDir, withPlugins(source, autoloadArgs), onProgress);
  await sortProvided(join(buildDir, 'vendor/composer/installed.php'));
  for (const script of source.scripts) await composer(buildDir, [...scriptLimitArgs, script], onProgress);
  await writeFile(join(buildDir, 'composer.json'), own);
  // The one that was installed from names a registry.
  if (ownLock === undefined) await rm(join(buildDir, 'composer.lock'), { force: true });
  else await writeFile(join(buildDir, 'composer.lock'), ownLock);
}

function withPlugins({ plugins }: VendorSource, args: readonly string[]): readonly string[] {
  return plugins.length === 0 ? [...args, '--no-plugins'] : args;
}

/**
 * The application's composer.json as it is installed from. Composer names the autoloader's class at random unless told; one name for all
 * builds keeps their bytes the same. Only the plugins that the manifest names may run. Paths are those of the application's directory, and
 * what lies there is copied.
 */
function composerJsonFor({ composerJson, lock, plugins, pathsFrom }: VendorSource): string {
  const definition = JSON.parse(composerJson.toString('utf8')) as ComposerDefinition;
  const allowed = Object.fromEntries(plugins.map((name) => [name, true]));
  // The lock is read, also on a machine whose Composer is told to write none.
  const settings = { lock: true, 'autoloader-suffix': 'Slipway', 'allow-plugins': allowed };
  definition.config = { ...definition.config, ...settings };
  // Without a lock, nothing pins development packages; one that the registry lacks would stop a build that does not need it.
  if (lock === undefined) delete definition['require-dev'];
  if (pathsFrom !== undefined) {
    definition.repositories = Object.values(definition.repositories ?? {}).map((repository) =>
      isPathRepository(repository)
        ? {
            ...repository,
            url: join(pathsFrom, String(repository.url)),
            options: { ...repository.options, symlink: false },
          }
        : repository,
    );
  }
  return JSON.stringify(definition);
}

interface Repository {
  readonly type?: string;
  readonly url?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

interface ComposerDefinition {
  'require-dev'?: Record<string, string>;
  config?: Record<string, unknown>;
  repositories?: Readonly<Record<string, Repository>> | readonly Repository[];
}

function isPathRepository({ type, url }: Repository): boolean {
  return type === 'path' && url !== undefined && !url.startsWith('/');
}

function hasPathRepositories({ repositories = [] }: ComposerDefinition): boolean {
  return Object.values(repositories).some(isPathRepository);
}

function readDefinition(source: string, composerJson: Buffer): ComposerDefinition {
  try {
    return JSON.parse(composerJson.toString('utf8')) as ComposerDefinition;
  } catch (error) {
    throw new SlipError('SLIP-RELEASE-COMPOSER', {
      found: `${join(source, 'composer.json')} is no JSON: ${error instanceof Error ? error.message : String(error)}`,
      expected: 'a composer.json that `composer validate` accepts',
      fix: 'correct the file, then repeat the command',
    });
  }
}

/** Completes a lock without addresses. Composer itself compares each archive with the SHA-1 that the registry gives now. */
async function refill(
  directory: string,
  pinned: LockFile,
  args: readonly string[],
  onProgress?: (message: string) => void,
): Promise<void> {
  await composer(directory, args, onProgress);
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
