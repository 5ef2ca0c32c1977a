import { readFileSync, statSync } from 'node:fs';

const DPKG_STATUS = '/var/lib/dpkg/status';
const PHP_PARTS = ['fpm', 'cli', 'curl', 'gd', 'intl', 'mbstring', 'mysql', 'opcache', 'redis', 'xml', 'zip'];

/** What a command needs besides: load to test under, and what a benchmark compares with. */
const PACKAGES_OF = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  test: ['wrk'],
  bench: ['wrk', 'rclone'],
});

/**
 * The packages the local region needs. Each entry lists what will do; the first is what we install.
 *
 * @param {string} php version such as 8.2
 * @param {string} [command] of slipway
 * @returns {string[][]}
 */
export function neededPackages(php, command = '') {
  return [
    ['nginx-light', 'nginx', 'nginx-core', 'nginx-full', 'nginx-extras'],
    ...PHP_PARTS.map((part) => [`php${php}-${part}`]),
    ['mariadb-server'],
    ['redis-server'],
    ['composer'],
    ['openssl'],
    ['unzip'],
    ['git'],
    ...(PACKAGES_OF[command] ?? []).map((name) => [name]),
  ];
}

/**
 * Names to install, in the order of `needed`. A package that is unpacked but not configured counts as missing.
 *
 * @param {string[][]} needed
 * @param {string} status content of dpkg's status file
 */
export function missingPackages(needed, status) {
  const installed = new Set();
  for (const paragraph of status.split('\n\n')) {
    if (!/^Status: \S+ ok installed$/m.test(paragraph)) continue;
    const name = /^Package: (\S+)$/m.exec(paragraph)?.[1];
    if (name !== undefined) installed.add(name);
  }
  return needed.filter((choices) => !choices.some((name) => installed.has(name))).map((choices) => String(choices[0]));
}

/** @param {string[][]} needed */
export function missingHere(needed) {
  return missingPackages(needed, readFileSync(DPKG_STATUS, 'utf8'));
}

/** Changes whenever apt or dpkg installed or removed something. */
export function aptFingerprint() {
  const { mtimeMs, size } = statSync(DPKG_STATUS);
  return `${mtimeMs}:${size}`;
}
