import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { programPath } from './programs.ts';

let sbin: string;
let bin: string;

beforeEach(async () => {
  sbin = await mkdtemp(join(tmpdir(), 'sw-sbin-'));
  bin = await mkdtemp(join(tmpdir(), 'sw-bin-'));
});

afterEach(async () => {
  for (const directory of [sbin, bin]) await rm(directory, { recursive: true });
});

const install = (path: string) => writeFile(path, '#!/bin/sh\n', { mode: 0o755 });

test('the newest PHP that the distribution has runs, whatever its version, and php-fpm and php are of one version', async () => {
  for (const version of ['8.2', '8.9', '8.10']) await install(join(sbin, `php-fpm${version}`));
  for (const version of ['8.2', '8.9', '8.10', '8.11']) await install(join(bin, `php${version}`));
  expect(await programPath('php-fpm', [sbin, bin])).toBe(join(sbin, 'php-fpm8.10'));
  expect(await programPath('php', [sbin, bin])).toBe(join(bin, 'php8.10'));
});

test('a PHP without a version in its name is taken when there is no other', async () => {
  await install(join(sbin, 'php-fpm'));
  await install(join(bin, 'php'));
  expect(await programPath('php-fpm', [sbin, bin])).toBe(join(sbin, 'php-fpm'));
  expect(await programPath('php', [sbin, bin])).toBe(join(bin, 'php'));
});

test('a program that is not installed is named, with the places searched', async () => {
  await expect(programPath('nginx', [sbin, bin])).rejects.toThrow(`nginx is not installed (looked in ${sbin}:${bin})`);
  await writeFile(join(sbin, 'nginx'), '', { mode: 0o644 });
  await expect(programPath('nginx', [sbin, bin])).rejects.toThrow('SLIP-LOCAL-PROGRAM-MISSING');
});
