import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPackage } from './open-package.ts';
import { writeZip } from './zip.ts';

const version = { path: 'version.json', text: '{"version":"a","schemaMin":"0","schemaMax":"0"}' };
const migration = (number: number, text: string) => ({
  path: `migrations/Version${String(20260101000000 + number)}.php`,
  text,
});
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sw-open-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function zipOf(files: readonly { readonly path: string; readonly text: string }[]): Promise<string> {
  const file = join(directory, 'a.zip');
  const entries = files.map(({ path, text }) => ({ path, content: Buffer.from(text), executable: false }));
  await writeZip(file, entries);
  return file;
}

test('a package says its version, what starts it and what it answers', async () => {
  const files = [
    version,
    { path: 'public/index.php', text: '<?php' },
    { path: 'slipway.yaml', text: 'smoke: [/, {path: /a, contains: b}]\n' },
  ];
  expect(await openPackage(await zipOf(files))).toMatchObject({
    version: 'a',
    frontController: { path: 'public/index.php', content: '<?php' },
    startupScript: { path: 'appservice/startup.sh', content: undefined },
    smoke: ['/', { path: '/a', contains: 'b' }],
  });
});

test.each([
  { what: 'no version.json', files: [migration(0, '')], found: 'it holds no version.json' },
  { what: 'a torn version.json', files: [{ ...version, text: '{"version":"a"}' }], found: 'is not whole' },
  {
    what: 'a migration of 2 MB',
    files: [version, migration(0, 'x'.repeat(2 * 1024 ** 2))],
    found: 'migrations/Version20260101000000.php is larger than 1 MB',
  },
  {
    what: '3000 migrations',
    files: [version, ...Array.from({ length: 3_000 }, (_, number) => migration(number, '<?php'))],
    found: 'it holds more than 1000 migrations',
  },
  {
    what: 'migrations of 20 MB together',
    files: [version, ...Array.from({ length: 20 }, (_, number) => migration(number, 'x'.repeat(1024 ** 2)))],
    found: 'its migrations are larger than 16 MB together',
  },
])('a package with $what is refused before anything of it is read further', async ({ files, found }) => {
  await expect(openPackage(await zipOf(files))).rejects.toMatchObject({
    code: 'SLIP-RELEASE-PACKAGE',
    detail: { found: expect.stringContaining(found) },
  });
});

test('a package with a mistake in its manifest is refused with the mistake', async () => {
  const file = await zipOf([version, { path: 'slipway.yaml', text: 'smoke: 1\n' }]);
  await expect(openPackage(file)).rejects.toMatchObject({ code: 'SLIP-APP-MANIFEST' });
});

test('what is no zip, or larger than OneDeploy takes, is refused by its name', async () => {
  const file = join(directory, 'b.zip');
  await writeFile(file, 'no zip');
  await expect(openPackage(file)).rejects.toMatchObject({ code: 'SLIP-RELEASE-PACKAGE' });
  await truncate(file, 2 * 1024 ** 3 + 1);
  await expect(openPackage(file)).rejects.toThrow(/larger than 2 GB/);
});
