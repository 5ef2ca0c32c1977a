import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const INSTALLED = 'vendor/composer/installed.json';

/**
 * @typedef {{ name: string, version: string, 'install-path'?: string | null }} ComposerPackage
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
  if (pinned !== undefined && !sameVersions([...pinned.packages, ...pinned['packages-dev']], present)) return 'differs';
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
function sameVersions(wanted, present) {
  const versions = new Map(present.map(({ name, version }) => [name, version]));
  return wanted.length === versions.size && wanted.every(({ name, version }) => versions.get(name) === version);
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
