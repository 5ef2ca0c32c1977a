import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';

/** Where Debian and Ubuntu keep servers; /usr/sbin is not in every user's PATH. */
const searchPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

export const systemPath = searchPath.join(':');

/** Names of the program in the distributions, in the order in which they are tried. */
const candidates = {
  nginx: ['nginx'],
  'php-fpm': ['php-fpm8.4', 'php-fpm8.3', 'php-fpm8.2', 'php-fpm'],
  php: ['php8.4', 'php8.3', 'php8.2', 'php'],
  mariadbd: ['mariadbd', 'mysqld'],
  'mariadb-install-db': ['mariadb-install-db'],
  'redis-server': ['redis-server'],
  bash: ['bash'],
} as const;

/** Absolute path of a system program. Throws SLIP-LOCAL-PROGRAM-MISSING. */
export async function programPath(name: keyof typeof candidates): Promise<string> {
  for (const candidate of candidates[name]) {
    for (const directory of searchPath) {
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
    found: `${name} is not installed (looked in ${systemPath})`,
    expected: `one of: ${candidates[name].join(', ')}`,
    fix: 'npm start installs what is missing',
  });
}
