import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type BuiltPackage, buildPackage } from './build-package.ts';
import { openPackage } from './open-package.ts';

const run = promisify(execFile);
const expandMigration = `<?php
namespace DoctrineMigrations;
#[\\App\\Expand] final class Version20260101000000 { public function up(): void { $this->addSql('CREATE TABLE a (id INT)'); } }
`;
let scratch: string;
let source: string;
let built: BuiltPackage;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-package-test-'));
  source = join(scratch, 'source');
  await writeFiles(source, {
    'composer.json': JSON.stringify({
      name: 'slipway/fixture',
      config: { lock: true },
      autoload: { 'psr-4': { 'App\\': 'src/' } },
    }),
    'public/index.php': "<?php require dirname(__DIR__).'/vendor/autoload.php';",
    'src/Known.php': '<?php namespace App; final class Known {}',
    'migrations/Version20260101000000.php': expandMigration,
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

  test('holds the tree, vendor and version.json, and neither tests, dot files, var nor what tools need', async () => {
    const { stdout } = await run('unzip', ['-Z1', built.file]);
    const names = stdout.trim().split('\n');
    expect(names.filter((name) => !name.startsWith('vendor/composer/'))).toEqual([
      'composer.json',
      'migrations/Version20260101000000.php',
      'public/.well-known/security.txt',
      'public/index.php',
      'src/Known.php',
      'vendor/autoload.php',
      'version.json',
    ]);
  });

  test('that was built says what it leaves out of the document root', () => {
    expect(built.leftOut).toEqual(['public/.htaccess']);
  });

  test('loads its classes by its class map alone', async () => {
    const directory = join(scratch, 'unzipped');
    await run('unzip', ['-q', built.file, '-d', directory]);
    await writeFile(join(directory, 'src/Unknown.php'), '<?php namespace App; final class Unknown {}');
    const code = 'require "vendor/autoload.php"; var_dump(class_exists("App\\Known"), class_exists("App\\Unknown"));';
    const { stdout } = await run('php', ['-r', code], { cwd: directory });
    expect(stdout.match(/bool\(\w+\)/g)).toEqual(['bool(true)', 'bool(false)']);
  });

  test('opened says the version, schema range and hash that building it said', async () => {
    const opened = await openPackage(built.file);
    const { leftOut: _, ...facts } = built;
    expect(opened).toMatchObject({ ...facts, migrations: [{ version: '20260101000000', kind: 'expand' }] });
  });
});

describe('a tree is refused', () => {
  test.each([
    {
      why: 'with a symbolic link',
      code: 'SLIP-RELEASE-SOURCE-LINK',
      spoil: (directory: string) => symlink('/etc/passwd', join(directory, 'public/secret')),
    },
    {
      why: 'without a lock',
      code: 'SLIP-RELEASE-VERSIONS-LOCK',
      spoil: (directory: string) => rm(join(directory, 'versions.lock')),
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
      why: 'without composer.json',
      code: 'SLIP-RELEASE-SOURCE',
      spoil: (directory: string) => rm(join(directory, 'composer.json')),
    },
  ])('$why', async ({ why, code, spoil }) => {
    const directory = await copyOfSource(why.replace(/\W/g, '-'));
    await spoil(directory);
    await expect(build(directory, 'refused')).rejects.toMatchObject({ code });
  });
});
