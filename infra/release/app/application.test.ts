import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { inspectApplication, readApplication } from './application.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-application-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function tree(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

test('a lone index.php is a plain application whose directory is its root', async () => {
  await tree({ 'index.php': '<?php' });
  expect(await readApplication(directory)).toMatchObject({
    kind: 'php',
    root: '.',
    scripts: 'index.php',
    migrate: null,
  });
});

test('plain PHP takes public/ for its root, or web/', async () => {
  await tree({ 'web/index.php': '<?php' });
  expect((await readApplication(directory)).root).toBe('web');
  await tree({ 'public/index.php': '<?php' });
  expect((await readApplication(directory)).root).toBe('public');
});

test('artisan is Laravel: writable storage, media where the directory is, migrations by artisan, its key a secret', async () => {
  await tree({ artisan: '', 'public/index.php': '', 'storage/media/.gitignore': '', 'database/migrations/x.php': '' });
  expect(await readApplication(directory)).toMatchObject({
    kind: 'laravel',
    writable: ['storage', 'bootstrap/cache'],
    media: [
      { path: 'storage/media', url: '/media', mode: 'shared' },
      { path: 'storage/app/public', url: '/storage', mode: 'shared' },
    ],
    migrate: { run: 'php artisan migrate --force', files: 'database/migrations' },
    secrets: ['APP_KEY'],
    env: { SESSION_DRIVER: 'redis' },
  });
});

test('Laravel’s /up is asked where its bootstrap file names it', async () => {
  await tree({ artisan: '', 'bootstrap/app.php': 'return Application::configure();' });
  expect((await readApplication(directory)).health.live).toBeNull();
  await tree({ 'bootstrap/app.php': "->withRouting(web: 'x', health: '/up',)" });
  expect((await readApplication(directory)).health.live).toBe('/up');
});

test('values of env are texts, however they are written', async () => {
  await tree({ 'slipway.yaml': 'env: {A: false, B: 1, C: x}' });
  expect((await readApplication(directory)).env).toEqual({ A: 'false', B: '1', C: 'x' });
});

test('bin/console with framework-bundle is Symfony; its runtime plugin may run when it is required', async () => {
  await tree({ 'bin/console': '', 'public/index.php': '' });
  expect((await readApplication(directory)).kind).toBe('php');
  await tree({
    'composer.json': '{"require":{"symfony/framework-bundle":"7.4.*","symfony/runtime":"7.4.*"}}',
  });
  expect(await readApplication(directory)).toMatchObject({
    kind: 'symfony',
    writable: ['var'],
    composer: { plugins: ['symfony/runtime'] },
  });
});

test.each([
  ['wp-load.php', '.', 'wp-content/uploads', '/wp-content/uploads'],
  ['web/wp/wp-load.php', 'web', 'web/app/uploads', '/app/uploads'],
])('%s is WordPress: every script runs, uploads are media', async (file, root, path, url) => {
  await tree({ [file]: '' });
  expect(await readApplication(directory)).toMatchObject({
    kind: 'wordpress',
    root,
    scripts: 'all',
    media: [{ path, url }],
  });
});

test('the manifest wins over the defaults, member by member', async () => {
  await tree({ 'index.php': '', 'slipway.yaml': 'php: {body: 1g}\nenv: {A: b}\nkind: laravel\nmigrate: null\n' });
  expect(await readApplication(directory)).toMatchObject({
    kind: 'laravel',
    php: { body: '1g', requestSeconds: 60 },
    env: { A: 'b', LOG_CHANNEL: 'stderr' },
    migrate: null,
  });
});

test('what members say against each other is a violation', async () => {
  await tree({
    'slipway.yaml': `
media: [{path: a, url: /m, mode: shared}, {path: a/b, url: /m/n, mode: shared}, {path: c, url: /_slipway/x, mode: outbox}]
root: public
writable: [public]
env: {A: x}
secrets: [A]
`,
  });
  const { violations } = await inspectApplication(directory);
  expect(violations).toEqual([
    'media: a/b and a overlap',
    'media: /m/n and /m overlap',
    'media: /_slipway/x cannot be a URL of media',
    'writable: public holds the document root',
    'writable: public holds the script that runs',
    'A is in env and in secrets',
  ]);
  await expect(readApplication(directory)).rejects.toMatchObject({ code: 'SLIP-APP-MANIFEST' });
});

test('a directory that is given rights may not be, or lie below, a symbolic link', async () => {
  await tree({ 'real/x': '', 'index.php': '', 'slipway.yaml': 'writable: [link/x, real]\n' });
  await symlink('real', join(directory, 'link'));
  expect((await inspectApplication(directory)).violations).toEqual([
    'writable: link/x is or lies below a symbolic link',
  ]);
});

test('a composer.json that does not parse is told, and no application where there is no directory', async () => {
  await tree({ 'composer.json': '{' });
  expect((await inspectApplication(directory)).composer?.problem).toMatch(/JSON/);
  await expect(readApplication(join(directory, 'nothing'))).rejects.toMatchObject({ code: 'SLIP-APP-DIRECTORY' });
});
