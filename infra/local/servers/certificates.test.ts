import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createStateDirectories } from '../state/files.ts';
import { type StatePaths, statePaths } from '../state/paths.ts';
import { ensureCertificates } from './certificates.ts';

let paths: StatePaths;

beforeAll(async () => {
  paths = statePaths(await mkdtemp(join(tmpdir(), 'slipway-tls-')));
  await createStateDirectories(paths);
});

afterAll(() => rm(paths.root, { recursive: true, force: true }));

const DAY = 86_400_000;

test('the certificate names the loopback address and is signed by the CA', async () => {
  const files = await ensureCertificates(paths, new Date());
  const ca = new X509Certificate(await readFile(files.caFile));
  const server = new X509Certificate(await readFile(files.certFile));
  expect(server.verify(ca.publicKey)).toBe(true);
  expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(server.checkHost('localhost')).toBe('localhost');
  expect(server.ca).toBe(false);
});

test('the private key is readable by its owner alone', async () => {
  const files = await ensureCertificates(paths, new Date());
  expect((await stat(files.keyFile)).mode & 0o777).toBe(0o600);
});

test('certificates are kept from start to start', async () => {
  const before = await readFile((await ensureCertificates(paths, new Date())).certFile, 'utf8');
  const after = await readFile((await ensureCertificates(paths, new Date())).certFile, 'utf8');
  expect(after).toBe(before);
});

test('they are made anew before they end, and when one is damaged', async () => {
  const files = await ensureCertificates(paths, new Date());
  const first = await readFile(files.certFile, 'utf8');
  await ensureCertificates(paths, new Date(Date.now() + 340 * DAY));
  const second = await readFile(files.certFile, 'utf8');
  expect(second).not.toBe(first);
  await writeFile(files.caFile, 'cut off');
  await ensureCertificates(paths, new Date());
  expect(new X509Certificate(await readFile(files.caFile)).ca).toBe(true);
});
