import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Pest is PHPUnit with other words, and runs tests of both. */
const RUNNERS = ['vendor/bin/pest', 'vendor/bin/phpunit', 'bin/phpunit'];
const CONFIGURATIONS = ['phpunit.xml', 'phpunit.xml.dist', 'phpunit.dist.xml'];

/** How an application of the user's is tested. */
export interface ApplicationTests {
  readonly directory: string;
  /** Below the directory. */
  readonly runner: string;
}

/**
 * The tests of the application that `slipway:app` names: those that PHPUnit's configuration in its directory lists. `undefined` for the one
 * that slipway comes with, whose tests have stages of their own; a text says why another one has none.
 */
export function applicationTests(directory: string, project: string): ApplicationTests | string | undefined {
  if (relative(project, directory) === 'webapplication') return undefined;
  const has = (name: string): boolean => existsSync(join(directory, name));
  if (!CONFIGURATIONS.some(has)) return `${directory} has no tests: there is no phpunit.xml`;
  const runner = RUNNERS.find(has);
  if (runner === undefined) return `${directory} is not tested: it has no vendor/bin/phpunit (composer install)`;
  return { directory, runner };
}
