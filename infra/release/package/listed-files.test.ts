import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { linkTarget, listFiles } from './listed-files.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-listed-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function tree(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), path);
  }
}

function git(...args: readonly string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: directory,
    stdio: 'ignore',
  });
}

test('in a work tree it is what git would commit, and what include names', async () => {
  await tree(
    'index.php',
    'new.php',
    'public/.well-known/security.txt',
    'gone.php',
    'public/build/app.js',
    'debug.log',
    '.hidden',
  );
  await writeFile(join(directory, '.gitignore'), '*.log\n/public/build\n');
  git('init', '-q');
  git('add', 'index.php', 'gone.php', '.gitignore');
  git('commit', '-qm', 'x');
  await rm(join(directory, 'gone.php'));
  const committed = ['.gitignore', '.hidden', 'index.php', 'new.php', 'public/.well-known/security.txt'];
  expect((await listFiles(directory, [])).files).toEqual(committed);
  expect((await listFiles(directory, ['public/build'])).files).toEqual([...committed, 'public/build/app.js']);
});

test('without git it is everything but what Node installed', async () => {
  await tree('index.php', 'debug.log', 'node_modules/a/index.js', 'sub/node_modules/b.js');
  expect((await listFiles(directory, [])).files).toEqual(['debug.log', 'index.php']);
  expect((await listFiles(directory, ['node_modules/a'])).files).toEqual([
    'debug.log',
    'index.php',
    'node_modules/a/index.js',
  ]);
});

test('an environment file is never listed, but named; its example is a file', async () => {
  await tree('index.php', '.env', '.env.local', 'sub/.env', '.env.example');
  expect(await listFiles(directory, ['.env'])).toMatchObject({
    files: ['.env.example', 'index.php'],
    environmentFiles: ['.env', '.env.local', 'sub/.env'],
  });
});

test('empty directories are kept, ignored ones are not', async () => {
  await tree('index.php');
  await mkdir(join(directory, 'storage/logs'), { recursive: true });
  await mkdir(join(directory, 'tmp/x'), { recursive: true });
  expect((await listFiles(directory, [])).emptyDirectories).toEqual(['storage/logs', 'tmp/x']);
  await writeFile(join(directory, '.gitignore'), '/tmp\n');
  git('init', '-q');
  expect((await listFiles(directory, [])).emptyDirectories).toEqual(['storage/logs']);
});

test('a list of thousands of files is whole', async () => {
  const names = Array.from(
    { length: 3_000 },
    (_, index) => `${'long-name-'.repeat(5)}${String(index).padStart(5, '0')}`,
  );
  await Promise.all(names.map((name) => writeFile(join(directory, name), '')));
  git('init', '-q');
  expect((await listFiles(directory, [])).files).toEqual(names);
});

test('a link leads to a path of the tree, or out of it', async () => {
  await mkdir(join(directory, 'public'));
  await symlink('../storage/app', join(directory, 'public/storage'));
  await symlink('../../etc', join(directory, 'public/out'));
  await symlink('../..', join(directory, 'public/parent'));
  await symlink('/etc', join(directory, 'public/absolute'));
  expect(await linkTarget(directory, 'public/storage')).toBe('storage/app');
  expect(await linkTarget(directory, 'public/out')).toBeUndefined();
  expect(await linkTarget(directory, 'public/parent')).toBeUndefined();
  expect(await linkTarget(directory, 'public/absolute')).toBeUndefined();
});
