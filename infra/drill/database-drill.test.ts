import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../lib/free-port.ts';
import { ensureCertificates } from '../local/servers/certificates.ts';
import { Mysql } from '../local/servers/mysql.ts';
import { createStateDirectories } from '../local/state/files.ts';
import { statePaths } from '../local/state/paths.ts';
import { DatabaseDrill } from './database-drill.ts';

const DATABASE = 'shop-1';

let root: string;
let mysql: Mysql;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sw-drill-'));
  const paths = statePaths(root);
  await createStateDirectories(paths);
  const certificates = await ensureCertificates(paths, new Date());
  mysql = new Mysql({ paths, certificates, port: await freePort(), database: DATABASE, user: 'admin', password: 'p' });
  await mysql.start();
}, 120_000);

afterAll(async () => {
  await mysql.stop(10_000);
  await rm(root, { recursive: true, force: true });
});

async function query(statement: string): Promise<string> {
  const account = [`--socket=${mysql.socket}`, `--user=${userInfo().username}`];
  const args = [
    '--no-defaults',
    ...account,
    '--default-character-set=utf8mb4',
    '--batch',
    '-N',
    `--execute=${statement}`,
  ];
  return (await promisify(execFile)('mariadb', args)).stdout;
}

const drill = () =>
  new DatabaseDrill({ socket: mysql.socket, database: DATABASE, directory: root, progress: () => undefined });

test('every table comes back under another name with its rows and checksum, and production stays as it is', async () => {
  await query(`CREATE TABLE \`${DATABASE}\`.\`a \`\`b\` (id INT PRIMARY KEY, bytes BLOB, text VARCHAR(99));
    INSERT INTO \`${DATABASE}\`.\`a \`\`b\` VALUES (1, X'00FF27', 'é ''quoted'' 🙂'), (2, NULL, NULL);
    CREATE TABLE \`${DATABASE}\`.empty (id INT)`);
  const one = drill();
  await one.clean();
  const { tables, dumpBytes } = await one.run();
  expect(tables.map(({ table, rows, verdict, lostRows }) => ({ table, rows, verdict, lostRows }))).toEqual([
    { table: 'a `b', rows: 2, verdict: 'equal', lostRows: 0 },
    { table: 'empty', rows: 0, verdict: 'equal', lostRows: 0 },
  ]);
  expect(tables[0]?.checksum).toMatch(/^[1-9]\d*$/);
  expect(dumpBytes).toBeGreaterThan(100);
  expect(await query(`SELECT text FROM \`${one.restored}\`.\`a \`\`b\` WHERE id = 1`)).toBe("é 'quoted' 🙂\n");
  await one.clean();
  expect((await query('SHOW DATABASES')).split('\n')).toEqual(expect.not.arrayContaining([one.restored]));
  expect(await query(`SELECT COUNT(*) FROM \`${DATABASE}\`.\`a \`\`b\``)).toBe('2\n');
});

test('MySQL’s reason is said when a database cannot be dumped', async () => {
  const directory = join(root, 'other');
  const other = new DatabaseDrill({
    socket: join(root, 'no.sock'),
    database: DATABASE,
    directory,
    progress: () => undefined,
  });
  await expect(other.run()).rejects.toMatchObject({
    code: 'SLIP-DRILL-DATABASE',
    detail: { found: expect.stringContaining('no.sock') },
  });
});
