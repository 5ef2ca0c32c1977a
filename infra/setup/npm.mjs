import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** npm writes this last: what it put into node_modules. */
const INSTALLED = 'node_modules/.package-lock.json';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, peer?: boolean, link?: boolean, os?: string[], cpu?: string[] }} LockEntry
 * @typedef {Record<string, LockEntry>} LockEntries
 */

/**
 * Whether node_modules holds what package-lock.json says, to the last package folder.
 *
 * @param {string} root the checkout
 * @returns {'complete' | 'differs' | 'absent'}
 */
export function npmState(root) {
  const installed = readEntries(join(root, INSTALLED));
  if (installed === undefined) return 'absent';
  const wanted = readEntries(join(root, 'package-lock.json'));
  if (wanted === undefined) return 'complete';
  return differences(wanted, installed).length === 0 && foldersPresent(root, installed) ? 'complete' : 'differs';
}

/**
 * Packages that are not as the lock wants them. Optional ones may be absent (another platform's), not different.
 *
 * @param {LockEntries} wanted
 * @param {LockEntries} installed
 */
export function differences(wanted, installed) {
  /** @type {string[]} */
  const names = [];
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) continue;
    const found = installed[path];
    if (found === undefined) {
      if (!entry.optional && !entry.peer) names.push(path);
    } else if (found.version !== entry.version || (entry.integrity && found.integrity !== entry.integrity)) {
      names.push(path);
    }
  }
  for (const path of Object.keys(installed)) if (wanted[path] === undefined) names.push(path);
  return names;
}

/** @param {string} root @param {LockEntries} installed */
function foldersPresent(root, installed) {
  return Object.entries(installed).every(([path, entry]) =>
    existsSync(join(root, path, entry.link ? '' : 'package.json')),
  );
}

/**
 * How many packages of the lock are for this platform.
 *
 * @param {string} root
 */
export function npmCount(root) {
  const wanted = Object.values(readEntries(join(root, 'package-lock.json')) ?? {});
  return wanted.filter(
    ({ version, os = ['linux'], cpu = [process.arch] }) =>
      version && os.includes('linux') && cpu.includes(process.arch),
  ).length;
}

/** @param {string} file @returns {LockEntries | undefined} */
function readEntries(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
