import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { cleanEnvironment, runProgram } from '../../lib/run-program.ts';
import type { Application } from '../app/application.ts';
import { readTree } from './tree.ts';

const WARM_TIMEOUT_MS = 60_000;
const CACHE_DIRECTORY = 'var/cache/prod';
/** What Symfony keeps to find out whether it has to compile again, and what helps to write its configuration: production does neither. */
const BOOKKEEPING = /\.(meta|meta\.json|lock)$|\/Symfony\/Config\//;

/** Has the application compile its container and routes into its tree: a slot then starts without compiling. */
export async function warmCache(directory: string, env: Application['env']): Promise<void> {
  const console = await stat(join(directory, 'bin/console')).catch(() => undefined);
  if (console === undefined) return;
  const result = await runProgram({
    program: 'php',
    args: ['bin/console', 'cache:warmup', '--env=prod', '--no-interaction', '--no-ansi'],
    cwd: directory,
    environment: cleanEnvironment(process.env, { ...env, APP_ENV: 'prod', APP_DEBUG: '0' }),
    timeoutMs: WARM_TIMEOUT_MS,
  });
  if (result.code !== 0) {
    throw new SlipError('SLIP-RELEASE-CACHE-WARM-UP', {
      found: `the application cannot compile itself: ${`${result.stderr}\n${result.stdout}`.trim().split('\n').slice(0, 8).join('\n    ')}`,
      expected: '`php bin/console cache:warmup --env=prod` to succeed',
      fix: 'run it in the source directory and fix what it says',
    });
  }
  const written = await stat(join(directory, CACHE_DIRECTORY)).catch(() => undefined);
  if (written === undefined) return;
  for (const { path } of await readTree(directory, CACHE_DIRECTORY)) {
    if (BOOKKEEPING.test(path)) await rm(join(directory, path));
  }
}
