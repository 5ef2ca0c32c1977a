import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../lib/free-port.ts';
import { createStateDirectories } from '../state/files.ts';
import { statePaths } from '../state/paths.ts';
import { ensureCertificates } from './certificates.ts';
import { Mysql } from './mysql.ts';

const run = promisify(execFile);
const AGENT = join(import.meta.dirname, '../../runtime/agent');
const ADMINISTRATOR = { user: 'admin', password: 'of the vault' };

let root: string;
let port: number;
let caFile: string;
let mysql: Mysql;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sw-mysql-'));
  const paths = statePaths(root);
  await createStateDirectories(paths);
  const certificates = await ensureCertificates(paths, new Date());
  caFile = certificates.caFile;
  port = await freePort();
  mysql = new Mysql({ paths, certificates, port, database: 'shop_1', ...ADMINISTRATOR });
  await mysql.start();
}, 120_000);

afterAll(async () => {
  await mysql.stop(10_000);
  await rm(root, { recursive: true, force: true });
});

/** The agent of a slot with this login, asked by a release. */
async function asked(login: { user: string; password: string }, more: object = {}) {
  const call = `echo json_encode((new Slipway\\Agent\\Agent(Slipway\\Agent\\Settings::fromEnvironment()))->answer('POST', 'release/login', 'Bearer t', [], (string) getenv('BODY')));`;
  const { stdout } = await run('php', ['-r', `require '${AGENT}/autoload.php'; ${call}`], {
    env: {
      PATH: process.env.PATH,
      RELEASE_TOKEN_NEXT: 't',
      DATABASE_HOST: '127.0.0.1',
      DATABASE_PORT: String(port),
      DATABASE_NAME: 'shop_1',
      DATABASE_USER: login.user,
      DATABASE_PASSWORD: login.password,
      TLS_CA_FILE: caFile,
      BODY: JSON.stringify({ ...ADMINISTRATOR, mayChange: true, ...more }),
    },
  });
  return JSON.parse(stdout) as { status: number; body: { login?: string; detail?: string } };
}

async function query(login: { user: string; password: string }, statement: string): Promise<string> {
  const args = ['--no-defaults', `--socket=${mysql.socket}`, `--user=${login.user}`, '--batch', '--skip-column-names'];
  const env = { PATH: process.env.PATH, MYSQL_PWD: login.password };
  return (await run('mariadb', [...args, `--execute=${statement}`], { env })).stdout;
}

test('a release has the application’s login made, with all rights on its database and no others', async () => {
  const login = { user: 'shop_a', password: "it's \\ quoted" };
  expect(await asked(login)).toMatchObject({ status: 200, body: { login: 'made' } });
  expect(await asked(login)).toMatchObject({ status: 200, body: { login: 'works' } });
  const grants = await query(login, 'SHOW GRANTS');
  expect(grants.trim().split('\n')).toEqual([
    expect.stringMatching(/^GRANT USAGE ON \*\.\* TO/),
    expect.stringMatching(/^GRANT ALL PRIVILEGES ON `shop\\{1,2}_1`\.\* TO [^ ]+$/),
  ]);
  await query(login, 'CREATE TABLE shop_1.t (id INT); DROP TABLE shop_1.t');
  await expect(query(login, 'CREATE DATABASE other')).rejects.toThrow('denied');
});

test('the login that production uses keeps its password; another one gets the one in the vault', async () => {
  const [before, after] = ['old', 'new'].map((password) => ({ user: 'shop_b', password }));
  if (before === undefined || after === undefined) throw new Error('two logins');
  await asked(before);
  expect(await asked(after, { mayChange: false })).toMatchObject({ status: 409 });
  expect(await query(before, 'SELECT 1')).toBe('1\n');
  expect(await asked(after)).toMatchObject({ status: 200, body: { login: 'made' } });
  await expect(query(before, 'SELECT 1')).rejects.toThrow('denied');
});

test('an administrator that MySQL refuses is said, and no password', async () => {
  const refused = await asked({ user: 'shop_c', password: 'p' }, { password: 'wrong' });
  expect(refused).toMatchObject({ status: 503, body: { detail: 'MySQL refuses its administrator.' } });
  expect(JSON.stringify(refused)).not.toContain('wrong');
});

test('without user and password of the administrator nothing is asked of MySQL', async () => {
  expect(await asked({ user: 'shop_d', password: 'p' }, { user: 1 })).toMatchObject({ status: 422 });
});
