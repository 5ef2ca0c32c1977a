import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

const RUNNERS = ['phpunit', 'pest', 'paratest', 'simple-phpunit', 'codecept', 'phpspec'];
const CONFIGURATIONS = ['phpunit.xml', 'phpunit.xml.dist', 'phpunit.dist.xml'];

/** Whether a command runs an application's tests: PHPUnit or what builds on it, `artisan test`, or Composer's script `test`. */
export function isTestRun(words: readonly string[]): boolean {
  if (words.some((word) => RUNNERS.includes(basename(word).replace(/\.phar$/, '')))) return true;
  const names = words.map((word) => basename(word));
  return ['artisan', 'composer'].some(
    (program) => names.includes(program) && names[names.indexOf(program) + 1] === 'test',
  );
}

/**
 * The settings that PHPUnit's configuration in a directory gives itself, such as `APP_ENV=testing`. PHPUnit leaves an environment variable
 * that is set as it is, so these must not be.
 */
export async function settingsOfTests(directory: string): Promise<readonly string[]> {
  for (const name of CONFIGURATIONS) {
    const text = await readFile(join(directory, name), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const live = text.replace(/<!--[\s\S]*?-->/g, '');
    return [...live.matchAll(/<(?:env|server)\s[^>]*?\bname\s*=\s*["']([^"']+)["']/g)].map(([, found]) => found ?? '');
  }
  return [];
}
