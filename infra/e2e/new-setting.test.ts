import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { TestRegion } from '../testbed/region.ts';

jest.setTimeout(90_000);

const repository = join(import.meta.dirname, '..', '..');
let checkout: string;
let region: TestRegion;

beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'sw-checkout-'));
  const { stdout } = await promisify(execFile)(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: repository,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  for (const file of stdout.split('\0').filter((name) => name !== '')) {
    await cp(join(repository, file), join(checkout, file), { recursive: false }).catch(() => undefined);
  }
  for (const installed of ['node_modules', 'webapplication/vendor']) {
    await symlink(join(repository, installed), join(checkout, installed));
  }
  region = await TestRegion.create(checkout);
}, 60_000);

afterAll(async () => {
  await region.remove();
  await rm(checkout, { recursive: true, force: true });
}, 60_000);

/** Of the container itself: php-fpm writes its title over its own. */
async function workerEnvironment(worker: string): Promise<string[]> {
  const { pid } = JSON.parse(await readFile(join(region.stateDir, 'processes', `worker-${worker}.json`), 'utf8'));
  return (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
}

test('an app setting added to the program is in the environment of the worker, and nothing else was edited', async () => {
  const file = join(checkout, 'infra/program/components/web/app-settings.ts');
  const before = await readFile(file, 'utf8');
  await writeFile(file, before.replace(/(\n\s*)APP_ENV:/, "$1ADDED_BY_TEST: '/home/added',$1APP_ENV:"));
  await region.start();
  const worker = (await region.status()).slots.production.instances[0]?.id ?? '';
  const { home } = (await region.connection()).slots.production;
  expect(await workerEnvironment(worker)).toContain(`ADDED_BY_TEST=${home}/added`);
});
