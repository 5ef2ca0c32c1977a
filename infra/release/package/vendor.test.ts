import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { installVendor, readVendorSource, type VendorSource } from './vendor.ts';
import { writeZip } from './zip.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-vendor-test-'));
  await mkdir(join(directory, 'registry'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const run = promisify(execFile);

async function vendorOf(source: string): Promise<VendorSource> {
  const found = await readVendorSource(source, { lock: 'composer.lock', plugins: [], scripts: [] });
  if (found === undefined) throw new Error('there is no composer.json');
  return found;
}

/** Publishes the package acme/lib in a registry that is a directory. */
async function publish(release: { version: string; code: string; reference?: string; shasum?: '' }): Promise<void> {
  const archive = join(directory, 'registry', `${release.version}.zip`);
  const entry = (path: string, content: string) => ({ path, content: Buffer.from(content), executable: false });
  await writeZip(archive, [
    entry('lib/composer.json', '{"name":"acme/lib"}'),
    entry('lib/Lib.php', `<?php // ${release.code}`),
  ]);
  const sha1 = createHash('sha1').update(await readFile(archive));
  const { version, reference } = release;
  const dist = {
    type: 'zip',
    url: archive,
    shasum: release.shasum ?? sha1.digest('hex'),
    ...(reference === undefined ? {} : { reference }),
  };
  const index = join(directory, 'registry/packages.json');
  const known = JSON.parse(await readFile(index, 'utf8').catch(() => '{"packages":{"acme/lib":{}}}'));
  known.packages['acme/lib'][version] = { name: 'acme/lib', version, dist };
  await writeFile(index, JSON.stringify(known));
}

/** An application that pins what the registry has now. */
async function pin(lockName: 'versions.lock' | 'composer.lock'): Promise<string> {
  const source = join(directory, 'source');
  await mkdir(source, { recursive: true });
  const definition = {
    name: 'acme/app',
    repositories: [{ type: 'composer', url: `file://${directory}/registry` }, { 'packagist.org': false }],
    require: { 'acme/lib': '^1.0' },
    config: { lock: true },
  };
  await writeFile(join(source, 'composer.json'), JSON.stringify(definition));
  const environment = {
    ...process.env,
    COMPOSER_ALLOW_SUPERUSER: '1',
    COMPOSER_CACHE_DIR: join(directory, 'composer'),
  };
  await run('composer', ['update', '--no-install', '--no-interaction', '--quiet'], { cwd: source, env: environment });
  if (lockName === 'versions.lock') {
    await run('php', [join(import.meta.dirname, '../../../webapplication/bin/pin-versions'), source]);
    await rm(join(source, 'composer.lock'));
  }
  return source;
}

async function install(source: string): Promise<string> {
  const installed = await installVendor(await vendorOf(source), join(directory, 'cache'));
  return readFile(join(installed, 'vendor/acme/lib/Lib.php'), 'utf8');
}

test('installs the package that versions.lock pins by version, reference and SHA-1', async () => {
  await publish({ version: '1.0.0', code: 'ours', reference: 'a'.repeat(40) });
  const source = await pin('versions.lock');
  await publish({ version: '1.1.0', code: 'newer' });
  expect(await readFile(join(source, 'versions.lock'), 'utf8')).not.toContain(directory);
  expect(await install(source)).toContain('ours');
});

test('refuses an archive that was replaced under the pinned version', async () => {
  await publish({ version: '1.0.0', code: 'ours' });
  const source = await pin('versions.lock');
  await publish({ version: '1.0.0', code: 'theirs' });
  await expect(install(source)).rejects.toMatchObject({
    code: 'SLIP-RELEASE-VERSIONS-LOCK',
    detail: { found: expect.stringMatching(/acme\/lib 1\.0\.0 with shasum .* where versions\.lock pins shasum/) },
  });
});

test('refuses another reference under the pinned version', async () => {
  await publish({ version: '1.0.0', code: 'ours', reference: 'a'.repeat(40) });
  const source = await pin('versions.lock');
  await publish({ version: '1.0.0', code: 'ours', reference: 'b'.repeat(40) });
  await expect(install(source)).rejects.toMatchObject({
    code: 'SLIP-RELEASE-VERSIONS-LOCK',
    detail: { found: expect.stringContaining(`pins reference ${'a'.repeat(40)}`) },
  });
});

test('compares only what both sides know: one registry gives references, another one SHA-1', async () => {
  await publish({ version: '1.0.0', code: 'ours', reference: 'a'.repeat(40), shasum: '' });
  const source = await pin('versions.lock');
  await publish({ version: '1.0.0', code: 'ours' });
  expect(await install(source)).toContain('ours');
});

test('installs what a committed composer.lock says, without versions.lock', async () => {
  await publish({ version: '1.0.0', code: 'ours' });
  const source = await pin('composer.lock');
  await publish({ version: '1.1.0', code: 'newer' });
  expect(await install(source)).toContain('ours');
});

test('refuses an archive with another SHA-1 than composer.lock', async () => {
  await publish({ version: '1.0.0', code: 'ours' });
  const source = await pin('composer.lock');
  await publish({ version: '1.0.0', code: 'theirs' });
  await expect(install(source)).rejects.toMatchObject({ code: 'SLIP-RELEASE-COMPOSER' });
});

test('an application without a lock is installed whatever its development packages are, and wherever Composer writes no lock', async () => {
  await publish({ version: '1.0.0', code: 'one' });
  const source = await pin('composer.lock');
  await rm(join(source, 'composer.lock'));
  const definition = JSON.parse(await readFile(join(source, 'composer.json'), 'utf8'));
  const own = { ...definition, config: { lock: false }, 'require-dev': { 'acme/nowhere': '^1.0' } };
  await writeFile(join(source, 'composer.json'), JSON.stringify(own));
  const installed = await installVendor(await vendorOf(source), join(directory, 'cache'));
  expect(await readFile(join(installed, 'vendor/acme/lib/Lib.php'), 'utf8')).toContain('one');
});
