import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../lib/free-port.ts';
import { eventually } from '../../testbed/eventually.ts';
import { createStateDirectories } from '../state/files.ts';
import { type StatePaths, statePaths } from '../state/paths.ts';
import { type Certificates, ensureCertificates } from './certificates.ts';
import { Redis } from './redis.ts';

const run = promisify(execFile);
let paths: StatePaths;
let certificates: Certificates;
let redis: Redis;
let port: number;

beforeAll(async () => {
  paths = statePaths(await mkdtemp(join(tmpdir(), 'sw-redis-')));
  await createStateDirectories(paths);
  certificates = await ensureCertificates(paths, new Date());
  port = await freePort();
  redis = new Redis({ paths, certificates, port, password: 'a-password' });
  await redis.start();
});

afterAll(async () => {
  await redis.stop(1_000);
  await rm(paths.root, { recursive: true, force: true });
});

test('redis-cli -u connects with the URL and the CA of connection.json', async () => {
  const { stdout } = await run('redis-cli', ['--cacert', certificates.caFile, '-u', redis.url, 'PING']);
  expect(stdout).toBe('PONG\n');
});

test('what it answered for is there after a kill -9', async () => {
  const ask = async (...words: string[]) =>
    (await run('redis-cli', ['--cacert', certificates.caFile, '-u', redis.url, ...words])).stdout.trim();
  for (let job = 1; job <= 50; job++) expect(await ask('RPUSH', 'jobs', String(job))).toBe(String(job));
  process.kill(redis.pid ?? 0, 'SIGKILL');
  await eventually('it is gone', () => redis.pid === undefined);
  expect(Date.now() - Date.parse(redis.downSince ?? '')).toBeGreaterThanOrEqual(0);
  await redis.start();
  expect(redis.downSince).toBeUndefined();
  await eventually('it has read its file', async () => (await ask('LLEN', 'jobs')) === '50');
});

test('a client without the password, or without TLS, gets nothing', async () => {
  const at = ['-h', '127.0.0.1', '-p', String(port)];
  const withoutPassword = await run('redis-cli', ['--tls', '--cacert', certificates.caFile, ...at, 'KEYS', '*']);
  expect(withoutPassword.stdout).toContain('NOAUTH');
  await expect(run('redis-cli', [...at, 'PING'])).rejects.toThrow();
});
