import { readFileSync } from 'node:fs';
import { SetupError } from './error.mjs';

/** The releases we install on, by the code name that derivatives (Mint, Pop!_OS, …) name too; and the PHP each one has. */
const PHP_BY_CODENAME = new Map([
  ['bookworm', '8.2'],
  ['noble', '8.3'],
]);
const PROCESSORS = ['x64', 'arm64'];
const EXPECTED = 'Debian 12 or Ubuntu 24.04 (also in WSL), on x64 or arm64';
const DEVCONTAINER =
  'open the folder in its dev container (.devcontainer/devcontainer.json: VS Code "Reopen in Container", Codespaces, or `npx @devcontainers/cli up --workspace-folder .`); it runs npm start by itself';

/**
 * @typedef {object} Platform
 * @property {string} name what the system calls itself, for messages
 * @property {string} php version of the PHP packages, such as 8.2
 * @property {string} nodePackage npm package that holds Node 24 for this processor
 */

/**
 * The system we run on. Throws SLIP-SETUP-SYSTEM where the local region cannot run.
 *
 * @param {{ system?: string, processor?: string, readOsRelease?: () => string }} [machine]
 * @returns {Platform}
 */
export function detectPlatform({
  system = process.platform,
  processor = process.arch,
  readOsRelease = readOsReleaseFile,
} = {}) {
  if (system !== 'linux') throw unsupported(systemName(system));
  const release = parseOsRelease(readOsRelease());
  const name = release.PRETTY_NAME ?? release.NAME ?? 'a Linux without /etc/os-release';
  const php = PHP_BY_CODENAME.get(release.UBUNTU_CODENAME ?? '') ?? PHP_BY_CODENAME.get(release.VERSION_CODENAME ?? '');
  if (php === undefined) throw unsupported(name);
  if (!PROCESSORS.includes(processor)) throw unsupported(`${name} on ${processor}`);
  return { name, php, nodePackage: `node-linux-${processor}` };
}

/**
 * @param {string} text content of /etc/os-release
 * @returns {Record<string, string>}
 */
export function parseOsRelease(text) {
  /** @type {Record<string, string>} */
  const values = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(?:"([^"]*)"|'([^']*)'|(.*))$/.exec(line.trim());
    if (match?.[1]) values[match[1]] = match[2] ?? match[3] ?? match[4] ?? '';
  }
  return values;
}

function readOsReleaseFile() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} system */
function systemName(system) {
  return system === 'darwin' ? 'macOS' : system === 'win32' ? 'Windows (outside WSL)' : system;
}

/** @param {string} found */
function unsupported(found) {
  return new SetupError('SLIP-SETUP-SYSTEM', { found: `this is ${found}`, expected: EXPECTED, fix: DEVCONTAINER });
}
