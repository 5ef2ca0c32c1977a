import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { unpackPackage } from '../../testbed/package-variant.ts';
import { type BuiltPackage, buildPackage } from './build-package.ts';
import { openPackage } from './open-package.ts';

const run = promisify(execFile);
const EXPAND_MIGRATION = `<?php
namespace DoctrineMigrations;
#[\\App\\Expand] final class Version20260101000000 { public function up(): void { $this->addSql('CREATE TABLE a (id INT)'); } }
`;
/** Migrations with attributes are those of an application that carries them out itself. */
const MANIFEST = 'provides: {version: /version, migrate: /internal/release/migrate}\n';
let scratch: string;
let source: string;
let built: BuiltPackage;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-package-test-'));
  source = join(scratch, 'source');
  await writeFiles(source, {
    'slipway.yaml': MANIFEST,
    'composer.json': JSON.stringify({
      name: 'slipway/fixture',
      config: { lock: true },
      autoload: { 'psr-4': { 'App\\': 'src/' } },
    }),
    'public/index.php': "<?php require dirname(__DIR__).'/vendor/autoload.php';",
    'src/Known.php': '<?php namespace App; final class Known {}',
    'migrations/Version20260101000000.php': EXPAND_MIGRATION,
    'tests/KnownTest.php': '<?php',
    'phpunit.xml.dist': '<phpunit/>',
    '.env': 'SECRET=1',
    'var/cache/old': 'old',
    'vendor/dev/tool.php': '<?php',
    'public/.well-known/security.txt': 'Contact: mailto:a@example.org',
    'public/.htaccess': 'Deny from all',
  });
  await run('composer', ['update', '--no-install', '--no-interaction', '--quiet'], {
    cwd: source,
    env: { ...process.env, COMPOSER_ALLOW_SUPERUSER: '1' },
  });
  await cp(join(source, 'composer.lock'), join(source, 'versions.lock'));
  await rm(join(source, 'composer.lock'));
  built = await build(source, 'one');
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

async function writeFiles(directory: string, files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

/** The directory that a package's zip is unpacked to. */
async function opened(file: string): Promise<string> {
  const directory = await mkdtemp(join(scratch, 'opened-'));
  await run('unzip', ['-q', file, '-d', directory]);
  return directory;
}

function build(
  directory: string,
  name: string,
  onProgress: (message: string) => void = () => undefined,
): Promise<BuiltPackage> {
  return buildPackage({
    source: directory,
    outDir: join(scratch, name, 'out'),
    cacheDir: join(scratch, name, 'cache'),
    onProgress,
  });
}

async function copyOfSource(name: string, files: Record<string, string> = {}): Promise<string> {
  const directory = join(scratch, `source-${name}`);
  await cp(source, directory, { recursive: true });
  await writeFiles(directory, files);
  return directory;
}

async function listing(directory: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name))
    .sort()) {
    hash.update(entry.slice(directory.length)).update(await readFile(entry));
  }
  return hash.digest('hex');
}

describe('a package', () => {
  test('of the same tree has the same bytes, in another directory, without a vendor there and with nothing cached', async () => {
    const other = await copyOfSource('elsewhere');
    await rm(join(other, 'vendor'), { recursive: true });
    const again = await build(other, 'two');
    expect({ ...again, file: '' }).toEqual({ ...built, file: '' });
    expect(await readFile(again.file)).toEqual(await readFile(built.file));
  });

  test('is answered from the cache, and nothing is built, when nothing has changed', async () => {
    const steps: string[] = [];
    expect(await build(source, 'one', (step) => steps.push(step))).toEqual(built);
    expect(steps).toEqual([]);
  });

  test('of a changed tree has another version, without installing anything anew', async () => {
    const changed = await copyOfSource('changed', {
      'src/Known.php': '<?php namespace App; final class Known { /* changed */ }',
    });
    expect((await build(changed, 'one')).version).not.toBe(built.version);
    expect(await readdir(join(scratch, 'one/cache/vendor'))).toHaveLength(1);
  });

  test('leaves the source as it is', async () => {
    const before = await copyOfSource('untouched');
    const was = await listing(before);
    await build(before, 'three');
    expect(await listing(before)).toBe(was);
  });

  test('holds the runtime, and the application with its vendor as one archive; no environment file', async () => {
    const { stdout: zip } = await run('unzip', ['-Z1', built.file]);
    const outside = zip.trim().split('\n');
    expect(outside.filter((name) => !/^slipway\/(agent|configure|templates|workers)\//.test(name))).toEqual([
      'slipway/app.json',
      'slipway/application.sha256',
      'slipway/configure.php',
      'slipway/startup.sh',
      'application.tar.gz',
    ]);
    const { stdout } = await run('tar', ['-tzf', join(await opened(built.file), 'application.tar.gz')]);
    const inside = stdout
      .trim()
      .split('\n')
      .filter((name) => !name.endsWith('/') && !name.startsWith('./vendor/composer/'));
    expect(inside).toEqual([
      './composer.json',
      './migrations/Version20260101000000.php',
      './phpunit.xml.dist',
      './public/.htaccess',
      './public/.well-known/security.txt',
      './public/index.php',
      './slipway.yaml',
      './src/Known.php',
      './tests/KnownTest.php',
      './var/cache/old',
      './vendor/autoload.php',
      './version.json',
      './versions.lock',
    ]);
    expect(built.notices).toEqual([expect.stringMatching(/^\.env stays here: .*\(SECRET\)$/)]);
  });

  test('unpacks to files that nobody may write to, and its hash is beside it', async () => {
    const directory = await opened(built.file);
    await run('sha256sum', ['--check', '--status', 'slipway/application.sha256'], { cwd: directory });
    const { stdout } = await run('tar', ['-tvzf', join(directory, 'application.tar.gz')]);
    for (const line of stdout.trim().split('\n')) expect(line).toMatch(/^(-r--r--r--|-r-xr-xr-x|dr-xr-xr-x) 0\/0 /);
  });

  test('finds its classes, and those that only the class map knows', async () => {
    const { directory, close } = await unpackPackage(built.file);
    const code = 'require "vendor/autoload.php"; var_dump(class_exists("App\\Known"));';
    const { stdout } = await run('php', ['-r', code], { cwd: join(directory, 'app') });
    await close();
    expect(stdout).toContain('bool(true)');
  });

  test('of a tree without a lock file takes the newest packages, and says so', async () => {
    const directory = await copyOfSource('unlocked');
    await rm(join(directory, 'versions.lock'));
    expect((await build(directory, 'one')).notices).toContainEqual(
      expect.stringMatching(/^composer\.lock is not there/),
    );
  });

  test('of a lone index.php holds it and nothing that Composer makes', async () => {
    const directory = join(scratch, 'lone');
    await writeFiles(directory, { 'index.php': '<?php' });
    const lone = await build(directory, 'one');
    const { stdout } = await run('tar', ['-tzf', join(await opened(lone.file), 'application.tar.gz')]);
    expect(stdout.trim().split('\n')).toEqual(['./', './index.php']);
    expect(await openPackage(lone.file)).toMatchObject({ application: { kind: 'php', root: '.' }, migrations: [] });
  });

  test('holds what build commands make, in a copy of the tree', async () => {
    const command = `php -r "file_put_contents('public/made.txt', 'made');"`;
    const directory = await copyOfSource('built', { 'slipway.yaml': `${MANIFEST}build:\n  - ${command}\n` });
    const { file } = await build(directory, 'one');
    const { stdout } = await run('tar', ['-xOzf', join(await opened(file), 'application.tar.gz'), './public/made.txt']);
    expect(stdout).toBe('made');
    expect(await readdir(join(directory, 'public'))).not.toContain('made.txt');
  });

  test('of Symfony stands without the environment file that its front controller reads', async () => {
    const files = {
      'slipway.yaml': 'kind: symfony\nsecrets: []\n',
      'composer.json':
        '{"require":{"symfony/dotenv":"*"},"repositories":[{"type":"path","url":"./dotenv"},{"packagist.org":false}]}',
      'dotenv/composer.json': '{"name":"symfony/dotenv","version":"7.4.0"}',
      'public/index.php': '<?php',
      '.env': 'APP_ENV=dev',
    };
    const directory = join(scratch, 'dotenv');
    await writeFiles(directory, files);
    const { file } = await build(directory, 'one');
    const archive = join(await opened(file), 'application.tar.gz');
    const { stdout: listed } = await run('tar', ['-tzf', archive]);
    expect(listed.split('\n').filter((path) => path.startsWith('./.env'))).toEqual(['./.env.local.php']);
    expect((await run('tar', ['-xOzf', archive, './.env.local.php'])).stdout).toBe('<?php return [];\n');
  });

  test('holds nothing of node_modules, which a build made to build with', async () => {
    const script = 'mkdir("node_modules/vite", 0777, true); touch("node_modules/vite/a.js"); touch("built.js");';
    const directory = await copyOfSource('bundled', { 'slipway.yaml': `${MANIFEST}build:\n  - php -r '${script}'\n` });
    const { file } = await build(directory, 'one');
    const { stdout: listed } = await run('tar', ['-tzf', join(await opened(file), 'application.tar.gz')]);
    expect(listed).toContain('built.js');
    expect(listed).not.toContain('node_modules');
  });

  test('opened says the version, schema range and hash that building it said', async () => {
    const read = await openPackage(built.file);
    const { notices: _, firstFiles, ...facts } = built;
    expect(firstFiles).toEqual([]);
    expect(read.frontController?.path).toBe('public/index.php');
    expect(read).toMatchObject({ ...facts, migrations: [{ version: '20260101000000', kind: 'expand' }] });
  });
});

describe('a tree is refused', () => {
  test.each([
    {
      why: 'with a symbolic link that leads out of it',
      code: 'SLIP-RELEASE-SOURCE-LINK',
      spoil: (directory: string) => symlink('/etc/passwd', join(directory, 'public/secret')),
    },
    {
      why: 'whose composer.json does not agree with versions.lock',
      code: 'SLIP-RELEASE-COMPOSER',
      spoil: (directory: string) =>
        writeFile(
          join(directory, 'composer.json'),
          JSON.stringify({ name: 'a/b', require: { 'psr/log': '^3.0' }, config: { lock: true } }),
        ),
    },
    {
      why: 'with a migration of no kind',
      code: 'SLIP-RELEASE-MIGRATION-KIND',
      spoil: (directory: string) =>
        writeFile(
          join(directory, 'migrations/Version20260101000000.php'),
          "<?php\n// #[Expand]\nfinal class Version20260101000000 { const A = '#[Expand]'; }",
        ),
    },
    {
      why: 'with a migration that does not parse',
      code: 'SLIP-RELEASE-MIGRATION-SYNTAX',
      spoil: (directory: string) =>
        writeFile(join(directory, 'migrations/Version20260101000000.php'), '<?php final class {'),
    },
    {
      why: 'with a directory of the name that the runtime has in a package',
      code: 'SLIP-RELEASE-SOURCE',
      spoil: (directory: string) => writeFiles(directory, { 'slipway/x': 'x' }),
    },
    {
      why: 'whose manifest has a mistake',
      code: 'SLIP-APP-MANIFEST',
      spoil: (directory: string) => writeFile(join(directory, 'slipway.yaml'), 'roots: public\n'),
    },
    {
      why: 'whose build command fails',
      code: 'SLIP-RELEASE-BUILD',
      spoil: (directory: string) =>
        writeFile(
          join(directory, 'slipway.yaml'),
          `${MANIFEST}build: [php -r exit(3)]\n`.replace('exit(3)', "'exit(3);'"),
        ),
    },
  ])('$why', async ({ why, code, spoil }) => {
    const directory = await copyOfSource(why.replace(/\W/g, '-'));
    await spoil(directory);
    await expect(build(directory, 'refused')).rejects.toMatchObject({ code });
  });
});
