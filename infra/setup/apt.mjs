import { readFileSync, statSync } from 'node:fs';

const DPKG_STATUS = '/var/lib/dpkg/status';
/** What slipway itself runs on. */
const PHP_PARTS = ['fpm', 'cli', 'curl', 'gd', 'intl', 'mbstring', 'mysql', 'opcache', 'redis', 'xml', 'zip'];
/**
 * Extensions that App Service's image of PHP has, and an application may count on: what Debian and Ubuntu build from PHP's own source. The rest
 * of that image's list is in the packages above (exif, pcntl, sockets, sodium, xsl, …) or not in both distributions (mongodb, sqlsrv).
 * https://github.com/microsoft/Oryx/tree/main/images/runtime/php-fpm
 */
const PHP_PARTS_OF_APPLICATIONS = ['bcmath', 'gmp', 'ldap', 'pgsql', 'soap', 'sqlite3', 'tidy'];

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
    ...[...PHP_PARTS, ...PHP_PARTS_OF_APPLICATIONS].map((part) => [`php${php}-${part}`]),
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
