import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asObject } from '../lib/json.ts';
import { removeDisk } from '../local/worker/remove-disk.ts';
import { buildPackage } from '../release/package/build-package.ts';
import { planHash } from '../release/phases/migration-plan.ts';
import { Container } from '../testbed/container.ts';
import { DataServices } from '../testbed/data-services.ts';
import { eventually } from '../testbed/eventually.ts';

const MANIFEST = `
migrate:
  run: php migrate.php run
  pretend: php migrate.php pretend
  files: migrations
  contract: [003-drop]
secrets: [MIGRATION_SECRET]
`;

/** Carries out SQL files by name, slowly where a file says so, and says a secret. */
const COMMAND = `<?php
  $names = array_filter(explode(' ', getenv('SLIPWAY_MIGRATIONS')));
  if ('pretend' === $argv[1]) {
    foreach ($names as $name) {
      echo "-- $name\\n", file_get_contents(__DIR__."/migrations/$name.sql");
    }
    exit;
  }
  echo getenv('MIGRATION_SECRET'), ' ', getenv('DATABASE_URL'), "\\n";
  $connection = new PDO(
    sprintf('mysql:host=%s;port=%s;dbname=%s', getenv('DATABASE_HOST'), getenv('DATABASE_PORT'), getenv('DATABASE_NAME')),
    getenv('DATABASE_USER'), getenv('DATABASE_PASSWORD'), [PDO::MYSQL_ATTR_SSL_CA => getenv('TLS_CA_FILE')],
  );
  foreach ($names as $name) {
    foreach (array_filter(array_map(trim(...), explode(';', file_get_contents(__DIR__."/migrations/$name.sql")))) as $statement) {
      $connection->exec($statement);
      while (getenv('HOLD') !== false && file_exists(getenv('HOLD'))) {
        usleep(20_000);
      }
    }
  }`;

const token = { authorization: 'Bearer release-token' };
const SECRET = 'a-secret-of-the-application';
let scratch: string;
let services: DataServices;
let container: Container;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sw-migrate-'));
  const source = join(scratch, 'source');
  const files = {
    'slipway.yaml': MANIFEST,
    'index.php': '<?php echo "x";',
    'migrate.php': COMMAND,
    'migrations/001-first.sql': 'CREATE TABLE first (id INT PRIMARY KEY);\nCREATE TABLE second (id INT PRIMARY KEY);\n',
    'migrations/002-later.sql': 'ALTER TABLE first ADD note TEXT NULL;\n',
    'migrations/003-drop.sql': 'DROP TABLE second;\n',
  };
  await mkdir(join(source, 'migrations'), { recursive: true });
  for (const [path, content] of Object.entries(files)) await writeFile(join(source, path), content);
  const request = { source, outDir: join(scratch, 'out'), cacheDir: join(scratch, 'cache') };
  const [{ file, schemaMin, schemaMax }, started] = await Promise.all([
    buildPackage(request),
    DataServices.start(join(scratch, 'state')),
  ]);
  services = started;
  expect([schemaMin, schemaMax]).toEqual(['002-later', '003-drop']);
  container = await Container.create(join(scratch, 'container'), file, {
    ...services.settings,
    RELEASE_TOKEN: 'release-token',
    MIGRATION_SECRET: SECRET,
    HOLD: join(scratch, 'hold'),
    WEBSITE_INSTANCE_ID: 'it',
  });
  await container.start();
});

afterAll(async () => {
  await container?.stop();
  await services?.stop();
  await removeDisk(scratch);
});

async function ask(path: string, init: RequestInit = {}) {
  const answer = await fetch(`${container.url}/_slipway/release/migrate${path}`, { headers: token, ...init });
  return { status: answer.status, body: asObject(await answer.json()) };
}

interface Plan {
  readonly migrations: { version: string; statements: string[] }[];
  readonly waiting: string[];
  readonly failed: unknown;
  readonly lastFailure: string | null;
}

async function plan(kind: 'expand' | 'contract'): Promise<Plan> {
  return (await ask(`?kind=${kind}`)).body as unknown as Plan;
}

function start(kind: string, judged: string) {
  return ask('', { method: 'POST', body: JSON.stringify({ kind, judged }) });
}

async function ended(job: unknown) {
  let state: Record<string, unknown> = {};
  await eventually('the job ends', async () => {
    state = (await ask(`/${job}`)).body;
    return state.status !== 'running';
  });
  return state;
}

async function schema(): Promise<unknown> {
  return asObject(await (await fetch(`${container.url}/_slipway/version`)).json()).schema;
}

async function query(statement: string): Promise<string> {
  const { DATABASE_USER: user, DATABASE_NAME: name } = services.settings;
  const args = ['--no-defaults', `--socket=${services.mysqlSocket}`, `--user=${user}`, `--database=${name}`];
  const env = { ...process.env, MYSQL_PWD: services.password };
  return (await promisify(execFile)('mariadb', [...args, '--batch', '-N', '-e', statement], { env })).stdout;
}

function tables(): Promise<string> {
  return query('SHOW TABLES');
}

test('nobody else than the release tool may ask', async () => {
  expect((await fetch(`${container.url}/_slipway/release/migrate?kind=expand`)).status).toBe(404);
});

test('a plan is the SQL of what is pending, by the dry run, which changes nothing', async () => {
  expect(await plan('expand')).toMatchObject({
    by: 'command',
    migrations: [
      { version: '001-first', statements: [expect.stringMatching(/^CREATE TABLE first/), expect.any(String)] },
      { version: '002-later', statements: ['ALTER TABLE first ADD note TEXT NULL;'] },
    ],
    waiting: ['003-drop'],
    failed: null,
  });
  expect(await tables()).toBe('');
  expect(await schema()).toBe('0');
});

test('another plan than the one that was judged is not run', async () => {
  expect((await start('expand', planHash([]))).status).toBe(409);
  expect(await tables()).toBe('');
});

test('a job whose process is killed says what it may have left, and is told by the next plan', async () => {
  const { migrations } = await plan('expand');
  await writeFile(join(scratch, 'hold'), '');
  const { body } = await start('expand', planHash(migrations));
  await eventually('the first statement ran', async () => (await tables()).includes('first'));
  expect((await start('expand', planHash(migrations))).status).toBe(503);
  const file = join(scratch, 'container/home/slipway/jobs', String(body.job), 'state.json');
  const { pid } = asObject(JSON.parse(await readFile(file, 'utf8')));
  process.kill(Number(pid), 'SIGKILL');
  const state = await ended(body.job);
  expect(state).toMatchObject({ status: 'failed', executed: [] });
  expect(state.error).toContain('migration 001-first is not recorded as carried out');
  expect(await tables()).not.toContain('second');
  expect((await plan('expand')).lastFailure).toContain('some of its 2 statements may have been');
  await rm(join(scratch, 'hold'));
});

test('a command that fails is a failed job with what it said, without secrets', async () => {
  const { body } = await start('expand', planHash((await plan('expand')).migrations));
  const state = await ended(body.job);
  expect(state).toMatchObject({ status: 'failed', executed: [] });
  expect(state.error).toMatch(/ended with code 255.*already exists/s);
  const log = await readFile(join(scratch, 'container/home/slipway/jobs', String(body.job), 'log'), 'utf8');
  for (const value of [SECRET, services.password, encodeURIComponent(services.password)]) {
    expect(log + JSON.stringify(state)).not.toContain(value);
  }
  expect(log).toContain('***');
});

test('what is pending is carried out and recorded, and a contract migration only when it is asked for', async () => {
  await query('DROP TABLE first');
  const { body } = await start('expand', planHash((await plan('expand')).migrations));
  expect(await ended(body.job)).toMatchObject({ status: 'done', executed: ['001-first', '002-later'] });
  expect(await schema()).toBe('002-later');
  expect(await plan('expand')).toMatchObject({ migrations: [], waiting: ['003-drop'] });
  const contract = await plan('contract');
  expect(contract.migrations).toEqual([{ version: '003-drop', statements: ['DROP TABLE second;'] }]);
  const second = await start('contract', planHash(contract.migrations));
  expect(await ended(second.body.job)).toMatchObject({ status: 'done', executed: ['003-drop'] });
  expect(await schema()).toBe('003-drop');
  expect((await tables()).split('\n')).not.toContain('second');
});

test('deep health fails while the schema lacks a migration', async () => {
  const check = async () => {
    const { checks } = asObject(await (await fetch(`${container.url}/_slipway/health`)).json());
    return asObject((asObject(checks).schema as unknown[])[0]);
  };
  expect(await check()).toMatchObject({ status: 'pass' });
  await query("DELETE FROM slipway_migrations WHERE name = '002-later'");
  expect(await check()).toMatchObject({ status: 'fail', output: '1 migrations are pending, the first is 002-later' });
});

test('while MySQL hangs, the version is told without its schema, and deep health fails', async () => {
  const pid = services.mysqlPid;
  process.kill(pid, 'SIGSTOP');
  try {
    expect(await schema()).toBeNull();
    const health = await fetch(`${container.url}/_slipway/health`);
    expect([health.status, asObject(await health.json()).status]).toEqual([503, 'fail']);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  expect(await schema()).toBe('003-drop');
});
