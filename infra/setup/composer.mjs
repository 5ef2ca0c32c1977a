import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const INSTALLED = 'vendor/composer/installed.json';

/**
 * @typedef {{ reference?: string | null, shasum?: string | null }} PackageDist
 * @typedef {{ name: string, version: string, dist?: PackageDist | null, 'install-path'?: string | null }} ComposerPackage
 */

/**
 * Whether vendor/ holds what versions.lock (or, without it, any install) says, to the last package folder.
 *
 * @param {string} application the folder with composer.json
 * @returns {'complete' | 'differs' | 'absent'}
 */
export function composerState(application) {
  const installed = readJson(join(application, INSTALLED));
  if (installed === undefined || !existsSync(join(application, 'vendor/autoload.php'))) return 'absent';
  const pinned = readJson(join(application, 'versions.lock'));
  /** @type {ComposerPackage[]} */
  const present = installed.packages;
  if (pinned !== undefined && !samePackages([...pinned.packages, ...pinned['packages-dev']], present)) return 'differs';
  return present.every((entry) => folderPresent(application, entry)) ? 'complete' : 'differs';
}

/**
 * Short text that changes when what Composer reads changes: the autoloader depends on it, though no version may differ.
 *
 * @param {string} application
 */
export function composerFingerprint(application) {
  const hash = createHash('sha256');
  for (const name of ['composer.json', 'versions.lock']) {
    const file = join(application, name);
    hash.update(existsSync(file) ? readFileSync(file) : '').update('\0');
  }
  return hash.digest('hex');
}

/** @param {ComposerPackage[]} wanted @param {ComposerPackage[]} present */
function samePackages(wanted, present) {
  const byName = new Map(present.map((entry) => [entry.name, entry]));
  return wanted.length === byName.size && wanted.every((entry) => samePackage(entry, byName.get(entry.name)));
}

/**
 * Registries differ in what they know of a package, so only what both sides know is compared.
 *
 * @param {ComposerPackage} wanted
 * @param {ComposerPackage | undefined} present
 */
function samePackage(wanted, present) {
  if (present?.version !== wanted.version) return false;
  return /** @type {const} */ (['reference', 'shasum']).every((fact) => {
    const [pinned, found] = [wanted.dist?.[fact], present.dist?.[fact]];
    return !pinned || !found || pinned === found;
  });
}

/** @param {string} application @param {ComposerPackage} entry */
function folderPresent(application, entry) {
  const path = entry['install-path'];
  return !path || existsSync(join(application, 'vendor/composer', path, 'composer.json'));
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
