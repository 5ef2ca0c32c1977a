import { access, constants, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';

/** Where Debian and Ubuntu keep servers; /usr/sbin is not in every user's PATH. */
const searchPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

export const systemPath = searchPath.join(':');

/** Names of each program in the distributions, in the order in which they are tried. */
const names = {
  nginx: ['nginx'],
  'php-fpm': ['php-fpm'],
  php: ['php'],
  mariadbd: ['mariadbd', 'mysqld'],
  'mariadb-install-db': ['mariadb-install-db'],
  'redis-server': ['redis-server'],
  bash: ['bash'],
} as const;

/** Absolute path of a system program. Throws SLIP-LOCAL-PROGRAM-MISSING. */
export async function programPath(
  name: keyof typeof names,
  directories: readonly string[] = searchPath,
): Promise<string> {
  const versions = name === 'php' || name === 'php-fpm' ? await phpVersions(directories) : [];
  const candidates = [...versions.map((version) => `${name}${version}`), ...names[name]];
  for (const candidate of candidates) {
    for (const directory of directories) {
      const path = join(directory, candidate);
      try {
        await access(path, constants.X_OK);
        return path;
      } catch {
        // Try the next directory.
      }
    }
  }
  throw new SlipError('SLIP-LOCAL-PROGRAM-MISSING', {
    found: `${name} is not installed (looked in ${directories.join(':')})`,
    expected: `one of: ${candidates.join(', ')}`,
    fix: 'npm start installs what is missing',
  });
}

/** Versions of php-fpm that are installed, such as `8.4`, the newest first; the command line has to be of the same one. */
async function phpVersions(directories: readonly string[]): Promise<string[]> {
  const files = await Promise.all(directories.map((directory) => readdir(directory).catch(() => [])));
  const found = files.flat().flatMap((file) => /^php-fpm(\d+\.\d+)$/.exec(file)?.[1] ?? []);
  return [...new Set(found)].sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}
