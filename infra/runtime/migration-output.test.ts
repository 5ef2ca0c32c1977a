import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { judgeMigrations } from '../release/judge/judge-migrations.ts';

const agent = fileURLToPath(new URL('./agent/', import.meta.url));
const READS = `
  require $argv[1].'autoload.php';
  $tool = match ($argv[2]) {
    'laravel' => new Slipway\\Agent\\Migration\\LaravelMigrations('database/migrations'),
    'doctrine' => new Slipway\\Agent\\Migration\\DoctrineMigrations($argv[1].'none'),
    'plain' => new Slipway\\Agent\\Migration\\PlainMigrations(),
  };
  try {
    echo json_encode($argv[3] === 'select'
      ? $tool->select(explode(' ', stream_get_contents(STDIN)), array_slice($argv, 4))
      : (object) $tool->statements(stream_get_contents(STDIN), array_slice($argv, 4)), JSON_UNESCAPED_UNICODE);
  } catch (Slipway\\Agent\\Migration\\NotUnderstoodException $failure) {
    echo json_encode(['not understood' => $failure->getMessage()]);
  }`;

type Tool = 'laravel' | 'doctrine' | 'plain';

async function php(
  tool: Tool,
  what: 'select' | 'statements',
  input: string,
  names: readonly string[],
): Promise<unknown> {
  const running = promisify(execFile)('php', ['-r', READS, '--', agent, tool, what, ...names]);
  running.child.stdin?.end(input);
  return JSON.parse((await running).stdout);
}

function statementsOf(tool: Tool, output: string, pending: readonly string[] = []) {
  return php(tool, 'statements', output, pending) as Promise<Record<string, string[]>>;
}

/** What a real command printed. */
function recorded(name: string): Promise<string> {
  return readFile(new URL(`../testbed/dry-runs/${name}.txt`, import.meta.url), 'utf8');
}

async function judged(statements: Readonly<Record<string, readonly string[]>>) {
  const migrations = Object.entries(statements).map(([version, list]) => ({ version, statements: list }));
  return Object.fromEntries(
    (await judgeMigrations('expand', migrations, { isPrinted: true })).map((it) => [it.version, it.reason]),
  );
}

describe('Laravel’s --pretend', () => {
  test('of an application that comes new is SQL by migration, and allowed', async () => {
    const statements = await statementsOf('laravel', await recorded('laravel-10-first'));
    expect(Object.entries(statements).map(([name, list]) => [name, list.length])).toEqual([
      ['2014_10_12_000000_create_users_table', 2],
      ['2014_10_12_100000_create_password_reset_tokens_table', 1],
      ['2019_08_19_000000_create_failed_jobs_table', 2],
      ['2019_12_14_000001_create_personal_access_tokens_table', 3],
      ['2023_05_01_000000_create_images_table', 2],
    ]);
    expect(statements['2023_05_01_000000_create_images_table']?.[1]).toBe(
      'alter table `images` add unique `images_name_unique`(`name`)',
    );
    expect(await judged(statements)).toEqual({});
  });

  test('of what takes something away, changes a column, deletes rows or asks first is refused', async () => {
    const destructive = await statementsOf('laravel', await recorded('laravel-10-destructive'));
    const change = await statementsOf('laravel', await recorded('laravel-10-change'));
    expect(await judged({ ...destructive, ...change })).toEqual({
      '2024_01_01_000000_drop': expect.stringContaining('takes away'),
      '2024_01_02_000000_raw': expect.any(String),
      '2024_01_03_000000_change': expect.stringContaining('changes a column'),
      '2024_01_04_000000_has': expect.stringContaining('changes nothing'),
    });
  });

  test('of older versions names a class or a file before each statement, which keeps its lines', async () => {
    const pending = ['2014_10_12_000000_create_users_table', '2021_01_01_000000_raw'];
    expect(await statementsOf('laravel', await recorded('laravel-8'), pending)).toEqual({
      '2014_10_12_000000_create_users_table': [
        expect.stringMatching(/^create table/),
        'alter table `users` add unique `users_name_unique`(`name`)',
      ],
      '2021_01_01_000000_raw': ['delete from users\n  where id > 3'],
    });
  });

  test('with nothing to do is none, and with anything else is not understood', async () => {
    expect(await statementsOf('laravel', '\n   INFO  Nothing to migrate.  \n\n')).toEqual({});
    expect(await statementsOf('laravel', '  it did something\n')).toEqual({ 'not understood': 'it did something' });
    expect(await statementsOf('laravel', '  ⇂ drop table users\n')).toEqual({ 'not understood': '⇂ drop table users' });
  });

  test('hides nothing behind a comment whose line has been lost', async () => {
    const hidden = {
      a: ['create table a (id int) -- the table ; drop table users'],
      b: ['create table b (id int) # b'],
    };
    expect(await judged(hidden)).toEqual({
      a: expect.stringContaining('lost its lines'),
      b: expect.stringContaining('lost its lines'),
    });
    expect(await judged({ c: ['create table c (id int) /* a table */'] })).toEqual({});
  });

  test('takes one migration by its path', async () => {
    expect(await php('laravel', 'select', 'php artisan migrate --force', ['2024_a', '2024_b'])).toEqual([
      ...['php', 'artisan', 'migrate', '--force'],
      '--path=database/migrations/2024_a.php',
      '--path=database/migrations/2024_b.php',
    ]);
  });
});

describe('Doctrine’s --dry-run', () => {
  test('is SQL by migration, over several lines and without its parameters', async () => {
    const statements = await statementsOf('doctrine', await recorded('doctrine-3'));
    const table = (name: string) =>
      `CREATE TABLE ${name} (id INT AUTO_INCREMENT NOT NULL,\n   name VARCHAR(10) NOT NULL, PRIMARY KEY(id))`;
    expect(statements).toEqual({
      Version20240101000000: [
        table('t20240101000000'),
        'INSERT INTO t20240101000000 (name) VALUES (?)',
        expect.any(String),
      ],
      Version20240102000000: [
        table('t20240102000000'),
        'INSERT INTO t20240102000000 (name) VALUES (?)',
        expect.any(String),
      ],
    });
    expect(Object.keys(await judged(statements))).toEqual(['Version20240101000000', 'Version20240102000000']);
  });

  test('takes one migration by its class', async () => {
    const words = 'php bin/console doctrine:migrations:migrate --no-interaction --allow-no-migration';
    expect(await php('doctrine', 'select', words, ['Version1'])).toEqual([
      ...['php', 'bin/console', 'doctrine:migrations:execute', '--no-interaction', '--up', 'Version1'],
    ]);
  });
});

test('any other command names each migration in a comment before its SQL', async () => {
  const output =
    '-- 001-a\nCREATE TABLE a (id INT,\n  name TEXT);\nCREATE INDEX i ON a (id);\n\n-- 002-b\nDROP TABLE b;\n';
  expect(await statementsOf('plain', output, ['001-a', '002-b'])).toEqual({
    '001-a': ['CREATE TABLE a (id INT,\n  name TEXT);', 'CREATE INDEX i ON a (id);'],
    '002-b': ['DROP TABLE b;'],
  });
  expect(await statementsOf('plain', 'DROP TABLE b;\n', ['001-a'])).toEqual({ 'not understood': 'DROP TABLE b;' });
});
