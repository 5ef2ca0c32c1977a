/**
 * Makes package-lock.json complete for `npm ci` on every platform: node infra/setup/complete-lock.mjs
 *
 * npm leaves a package's optional dependencies for other platforms out of the lock file when they were not installable
 * where the lock was written (npm/cli#4828), and `npm ci` then refuses the lock everywhere. An entry needs no more than
 * version, os and cpu: it is never installed on a platform that it does not name.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SYSTEMS = new Set([
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]);
const PROCESSORS = new Set(['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64']);
const LIBRARIES = new Map([
  ['gnu', 'glibc'],
  ['glibc', 'glibc'],
  ['musl', 'musl'],
]);

/**
 * @typedef {object} Entry
 * @property {string} [version]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 * @property {boolean} [optional]
 * @property {boolean} [dev]
 * @property {Record<string, string>} [optionalDependencies]
 *
 * @typedef {Record<string, Entry>} Packages
 */

/**
 * The optional dependencies that some package of the lock names and no entry answers.
 *
 * @param {Packages} packages
 */
export function missingOptionals(packages) {
  /** @type {{ name: string, version: string, by: string }[]} */
  const missing = [];
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!resolves(packages, path, name)) missing.push({ name, version, by: path });
    }
  }
  return missing;
}

/**
 * A lock entry for a package that holds one platform's binary, taken from its name; undefined when the name does not say.
 *
 * @param {string} name
 * @param {string} version
 * @returns {Entry | undefined}
 */
export function platformEntry(name, version) {
  const words = name.split(/[/-]/);
  const os = words.find((word) => SYSTEMS.has(word));
  const cpu = words.find((word) => PROCESSORS.has(word));
  if (os === undefined || cpu === undefined || !/^\d+\.\d+\.\d+/.test(version)) return undefined;
  const libc = os === 'linux' ? words.map((word) => LIBRARIES.get(word)).find((word) => word !== undefined) : undefined;
  return { version, cpu: [cpu], ...(libc ? { libc: [libc] } : {}), optional: true, os: [os] };
}

/**
 * Adds what is missing to a parsed lock file; returns the names added. Throws when a name does not say its platform.
 *
 * @param {{ packages: Packages }} lock
 */
export function completeLock(lock) {
  const added = [];
  for (const { name, version, by } of missingOptionals(lock.packages)) {
    const entry = platformEntry(name, version);
    if (entry === undefined)
      throw new Error(`${by} wants the optional ${name}@${version}: run npm install where it can be had`);
    const dev = lock.packages[by]?.dev === true;
    lock.packages[`node_modules/${name}`] = { ...entry, ...(dev ? { dev } : {}) };
    added.push(name);
  }
  const root = lock.packages[''];
  const rest = Object.entries(lock.packages).filter(([path]) => path !== '');
  rest.sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = { ...(root ? { '': root } : {}), ...Object.fromEntries(rest) };
  return added;
}

/**
 * As Node looks a package up: in the folder of the asking one, then in each folder above.
 *
 * @param {Packages} packages @param {string} from @param {string} name
 */
function resolves(packages, from, name) {
  for (let folder = from; ; ) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined) return true;
    if (folder === '') return false;
    const cut = folder.lastIndexOf('/node_modules/');
    folder = cut < 0 ? '' : folder.slice(0, cut);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = fileURLToPath(new URL('../../package-lock.json', import.meta.url));
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const added = completeLock(lock);
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(added.length > 0 ? `package-lock.json: added ${added.join(', ')}` : 'package-lock.json is complete');
}
