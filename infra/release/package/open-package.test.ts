import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPackage } from './open-package.ts';
import { writeZip } from './zip.ts';

const application = { kind: 'php', smoke: ['/', { path: '/a', contains: 'b' }], provides: {} };
const described = {
  format: 1,
  version: 'a',
  schemaMin: '0',
  schemaMax: '0',
  archive: { bytes: 1, sha256: '0' },
  needs: [],
  migrations: [],
  frontController: { path: 'public/index.php', content: '<?php' },
  application,
};
const description = (changes: object = {}) => ({
  path: 'slipway/app.json',
  text: JSON.stringify({ ...described, ...changes }),
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
  const files = [description(), { path: 'slipway/startup.sh', text: '#!/bin/bash\n' }];
  expect(await openPackage(await zipOf(files))).toMatchObject({
    version: 'a',
    frontController: { path: 'public/index.php', content: '<?php' },
    startupScript: { path: 'slipway/startup.sh', content: '#!/bin/bash\n' },
    application,
  });
});

test.each([
  { what: 'no app.json', files: [{ path: 'a', text: '' }], found: 'it holds no slipway/app.json' },
  { what: 'a torn app.json', files: [{ ...description(), text: '{"version":"a"' }], found: 'is not whole' },
  {
    what: 'an app.json without an application',
    files: [description({ application: undefined })],
    found: 'is not whole',
  },
  { what: 'an app.json of another form', files: [description({ format: 99 })], found: 'is not whole' },
  { what: 'a version that is no name', files: [description({ version: '../x' })], found: 'is not whole' },
  { what: 'a version of 65 characters', files: [description({ version: 'v'.repeat(65) })], found: 'is not whole' },
  {
    what: 'an app.json of 5 MB',
    files: [description({ filler: 'x'.repeat(5 * 1024 ** 2) })],
    found: 'slipway/app.json is too large',
  },
])('a package with $what is refused', async ({ files, found }) => {
  await expect(openPackage(await zipOf(files))).rejects.toMatchObject({
    code: 'SLIP-RELEASE-PACKAGE',
    detail: { found: expect.stringContaining(found) },
  });
});

test('a package from before the runtime was laid into it is refused by its name', async () => {
  const file = await zipOf([
    { path: 'version.json', text: '{"version":"a"}' },
    { path: 'appservice/startup.sh', text: '' },
  ]);
  await expect(openPackage(file)).rejects.toMatchObject({ code: 'SLIP-RELEASE-PACKAGE-OLD' });
});

test('what is no zip, or larger than OneDeploy takes, is refused by its name', async () => {
  const file = join(directory, 'b.zip');
  await writeFile(file, 'no zip');
  await expect(openPackage(file)).rejects.toMatchObject({ code: 'SLIP-RELEASE-PACKAGE' });
  await truncate(file, 2 * 1024 ** 3 + 1);
  await expect(openPackage(file)).rejects.toThrow(/larger than 2 GB/);
});
