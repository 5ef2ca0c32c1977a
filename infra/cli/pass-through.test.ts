import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { passThrough } from './pass-through.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sw-pass-'));
});

afterAll(() => rm(directory, { recursive: true }));

function run(...words: string[]): Promise<number> {
  return passThrough({ words, cwd: directory, environment: { PATH: process.env.PATH ?? '', GREETING: 'hello' } });
}

test('a command runs in its directory with the given environment alone, its words untouched by a shell', async () => {
  const script = 'file_put_contents("seen", json_encode([getenv(), $argv[1]]));';
  expect(await run('php', '-r', script, '--', '$GREETING; $(id) *')).toBe(0);
  const [environment, word] = JSON.parse(await readFile(join(directory, 'seen'), 'utf8'));
  expect(environment).toEqual({ PATH: process.env.PATH, GREETING: 'hello' });
  expect(word).toBe('$GREETING; $(id) *');
});

test('its exit code is passed on, and 128 + signal when one ended it', async () => {
  expect(await run('php', '-r', 'exit(7);')).toBe(7);
  expect(await run('php', '-r', 'exec("kill -TERM ".getmypid());')).toBe(143);
});

test('as root it obeys permissions, as the workers of the application do', async () => {
  await writeFile(join(directory, 'code.php'), '<?php', { mode: 0o444 });
  expect(await run('php', '-r', 'exit(is_writable("code.php") ? 1 : 0);')).toBe(0);
});

test('a program that is not there, or may not be executed, is refused by name', async () => {
  await expect(run('./code.php')).rejects.toThrow('SLIP-RUN-PROGRAM');
  await expect(run('no-such-program')).rejects.toThrow(/no-such-program/);
});
