import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AppSecrets } from '../../../lib/app-secrets.ts';
import { readApplication } from '../application.ts';
import { discoverApplication, initApplication } from './init-application.ts';

let scratch: string;
let app: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sw-init-'));
  app = join(scratch, 'app');
  await write('../project/Pulumi.yaml', 'name: slipway\n');
});

afterEach(() => rm(scratch, { recursive: true }));

async function write(path: string, text = ''): Promise<void> {
  await mkdir(dirname(join(app, path)), { recursive: true });
  await writeFile(join(app, path), text);
}

async function laravel(): Promise<void> {
  await write('artisan', '<?php');
  await write('public/index.php', '<?php');
  await write('composer.json', '{"require":{"laravel/framework":"^10.0"}}');
}

function secrets(): AppSecrets {
  return new AppSecrets(join(scratch, 'state'));
}

async function init() {
  return initApplication(await discoverApplication(app), { project: join(scratch, 'project'), secrets: secrets() });
}

describe('what init proposes', () => {
  async function proposed() {
    return (await discoverApplication(app)).proposed;
  }

  test('is nothing where the defaults fit: a lone index.php, or Laravel', async () => {
    await write('index.php', '<?php');
    expect(await proposed()).toEqual({});
    await laravel();
    expect(await discoverApplication(app)).toMatchObject({ manifest: 'not needed', application: { kind: 'laravel' } });
  });

  test('is the document root where index.php lies', async () => {
    await write('htdocs/index.php', '<?php');
    expect(await proposed()).toEqual({ root: 'htdocs' });
  });

  test('is the directory itself when public/ has no script', async () => {
    await write('public/style.css');
    await write('index.php', '<?php');
    expect(await proposed()).toEqual({ root: '.' });
  });

  test('is the document root below the code of an application of Composer', async () => {
    await write('composer.json', '{"require":{}}');
    await write('index.php', '<?php require "webroot/index.php";');
    await write('webroot/index.php', '<?php');
    expect(await proposed()).toEqual({ root: 'webroot' });
  });

  test('is what plain PHP writes to: directories of usual names without scripts, and uploads', async () => {
    await write('public/index.php', '<?php');
    await write('cache/.gitkeep');
    await write('tmp/tool.php', '<?php');
    await write('public/uploads/a.png');
    expect(await proposed()).toEqual({
      writable: ['cache'],
      media: [{ path: 'public/uploads', url: '/uploads', mode: 'shared' }],
    });
  });

  test('is the only script when it has another name', async () => {
    await write('public/app.php', '<?php');
    expect(await proposed()).toEqual({ scripts: 'app.php' });
  });

  test('is every script when pages link to scripts, and index.php alone when they do not', async () => {
    await write('index.php', '<?php require "lib.php";');
    await write('lib.php', '<?php');
    expect(await proposed()).toEqual({});
    await write('contact.php', '<form action="contact.php">');
    expect(await proposed()).toEqual({ scripts: 'all' });
  });

  test('is a build when templates show what it makes, and none when they do not', async () => {
    await laravel();
    await write('package.json', '{"scripts":{"build":"vite build"}}');
    await write('vite.config.js');
    await write('resources/views/welcome.blade.php', '<html>');
    expect(await proposed()).toEqual({});
    await write('resources/views/layout.blade.php', "@vite('resources/js/app.js')");
    await write('package-lock.json', '{}');
    expect(await proposed()).toEqual({ build: ['npm ci', 'npm run build'] });
  });
});

test('the file that is written says only what was proposed, and is read back as such', async () => {
  await write('htdocs/index.php', '<?php');
  await init();
  const text = await readFile(join(app, 'slipway.yaml'), 'utf8');
  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual(['root: htdocs']);
  expect(await readApplication(app)).toMatchObject({ kind: 'php', root: 'htdocs' });
});

test('a manifest that is there is kept to the byte', async () => {
  await write('htdocs/index.php', '<?php');
  await write('slipway.yaml', '# mine\nroot: htdocs\n');
  expect((await discoverApplication(app)).manifest).toBe('kept');
  await init();
  expect(await readFile(join(app, 'slipway.yaml'), 'utf8')).toBe('# mine\nroot: htdocs\n');
});

test('Laravel gets a key for the local region, once, in a file that only its owner may read', async () => {
  await laravel();
  expect(await init()).toMatchObject({ path: '../app', generated: ['APP_KEY'], missing: [] });
  const key = secrets().read().APP_KEY ?? '';
  expect(Buffer.from(key.replace(/^base64:/, ''), 'base64')).toHaveLength(32);
  expect((await stat(join(scratch, 'state/app-secrets.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(scratch, 'state'))).mode & 0o777).toBe(0o700);
  expect(await init()).toMatchObject({ generated: [] });
  expect(secrets().read().APP_KEY).toBe(key);
});

test('Symfony gets its secret; one that only its owner knows is named', async () => {
  await write('bin/console', '<?php');
  await write('public/index.php', '<?php');
  await write('composer.json', '{"require":{"symfony/framework-bundle":"^7.0"}}');
  await write('slipway.yaml', 'secrets: [APP_SECRET, MAIL_PASSWORD]\n');
  expect(await init()).toMatchObject({ generated: ['APP_SECRET'], missing: ['MAIL_PASSWORD'] });
  expect(secrets().read().APP_SECRET).toMatch(/^[0-9a-f]{32}$/);
});

describe('lines for TLS to the data services', () => {
  test('are named where Laravel lacks them, and not where it has them', async () => {
    await laravel();
    await write('config/database.php', "<?php return ['connections' => ['mysql' => []], 'redis' => []];");
    expect((await discoverApplication(app)).tlsLines.map(({ line }) => line)).toEqual([
      "'options' => array_filter([PDO::MYSQL_ATTR_SSL_CA => env('MYSQL_ATTR_SSL_CA')]),",
      "'url' => env('REDIS_URL'),",
    ]);
    await write('config/database.php', "<?php 'mysql' => env('MYSQL_ATTR_SSL_CA'); 'redis' => env('REDIS_URL');");
    expect((await discoverApplication(app)).tlsLines).toEqual([]);
  });

  test('are named for WordPress', async () => {
    await write('wp-load.php', '<?php');
    await write('wp-config.php', '<?php');
    expect((await discoverApplication(app)).tlsLines).toMatchObject([{ file: 'wp-config.php' }]);
    await write('wp-config.php', "<?php define('MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_SSL);");
    expect((await discoverApplication(app)).tlsLines).toEqual([]);
  });
});

test('keys of .env that production would not have are named, never their values', async () => {
  await laravel();
  await write('.env', 'APP_KEY=base64:x\nDB_HOST=127.0.0.1\nREDIS_HOST=localhost\n#OFF=1\nMAIL_PASSWORD=hidden\n');
  const { notes } = await discoverApplication(app);
  expect(notes).toContainEqual(
    expect.stringMatching(/^\.env stays on this machine: what production needs of MAIL_PASSWORD belongs/),
  );
  expect(notes.join()).not.toContain('hidden');
});

describe('nothing is written', () => {
  test.each([
    ['SLIP-APP-DIRECTORY', '../absent', {}],
    ['SLIP-APP-INCOMPLETE', '.', { 'readme.txt': '' }],
    ['SLIP-APP-MANIFEST', '.', { 'index.php': '<?php', 'slipway.yaml': 'rot: public\n' }],
  ])('for an application with %s', async (code, directory, files) => {
    for (const [path, text] of Object.entries(files)) await write(path, text);
    await expect(discoverApplication(join(app, directory))).rejects.toThrow(code);
    expect(await readFile(join(scratch, 'project/Pulumi.yaml'), 'utf8')).toBe('name: slipway\n');
  });
});
