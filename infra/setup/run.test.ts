import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../testbed/eventually.ts';
import { detectPlatform } from './platform.mjs';
import { partsFor } from './prepare.mjs';

const nodePackage = `node_modules/node-linux-${process.arch}`;

/**
 * A checkout with set-up's own files, an npm that is a shell script, and a command line program that repeats its
 * arguments. Asks for --help, which needs npm packages only.
 */
let root = '';
const COMMAND_LINE = `
  export async function main(args) { console.log('ran', ...args); process.exitCode = 3; }
  if (import.meta.main) await main(process.argv.slice(2));
`;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'checkout-'));
  cpSync(import.meta.dirname, join(root, 'infra/setup'), { recursive: true });
  for (const file of ['process-facts.mjs', 'visible.mjs']) {
    cpSync(join(import.meta.dirname, '../lib', file), join(root, 'infra/lib', file));
  }
  mkdirSync(join(root, 'infra/cli'));
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  writeFileSync(join(root, 'package-lock.json'), '{"packages":{}}');
  writeFileSync(join(root, 'infra/cli/main.ts'), COMMAND_LINE);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const installs = `mkdir -p ${nodePackage}/bin && ln -sf "${process.execPath}" ${nodePackage}/bin/node && echo '{"packages":{}}' > node_modules/.package-lock.json`;

function npmThat(script: string): void {
  writeFileSync(join(root, 'bin/npm'), `#!/bin/sh\necho "npm $1" >> calls\n${script}\n`, { mode: 0o755 });
}

function begin(): ChildProcess {
  const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}`, npm_execpath: undefined };
  return spawn(process.execPath, [join(root, 'infra/setup/run.mjs'), '--help', 'x'], { cwd: root, env, stdio: 'pipe' });
}

async function end(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (text) => (stdout += text));
  child.stderr?.on('data', (text) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

const calls = () =>
  existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : [];

describe('node infra/setup/run.mjs', () => {
  test('says what is missing, installs it, runs the command with its exit code, and is silent the next time', async () => {
    npmThat(installs);
    const first = await end(begin());
    expect(first.stderr).toContain('This machine lacks');
    expect(first).toMatchObject({ code: 3, stdout: 'ran --help x\n' });
    const second = await end(begin());
    expect(second).toEqual({ code: 3, stdout: 'ran --help x\n', stderr: '' });
    expect(calls()).toEqual(['npm ci']);
  });

  test('a failure is coded, shows the end of the log, and is not taken for done', async () => {
    npmThat(`${installs}; echo getaddrinfo ENOTFOUND registry >&2; exit 1`);
    const failed = await end(begin());
    expect(failed.code).toBe(1);
    expect(failed.stdout).toBe('');
    expect(failed.stderr).toMatch(/SLIP-SETUP-NETWORK[\s\S]*\| getaddrinfo ENOTFOUND registry/);
    npmThat(installs);
    expect(await end(begin())).toMatchObject({ code: 3 });
    expect(calls()).toEqual(['npm ci', 'npm ci']);
  });

  test('an npm that brings no Node 24 is found out', async () => {
    npmThat(`mkdir -p node_modules; echo '{"packages":{}}' > node_modules/.package-lock.json`);
    expect((await end(begin())).stderr).toContain('SLIP-SETUP-NODE24');
  });

  test('an interrupt ends an installer that does not want to, exits 130, gives the lock back and leaves nothing that passes for done', async () => {
    npmThat(`${installs}; trap '' INT TERM; echo $$ > pid; while :; do sleep 0.1; done`);
    const child = begin();
    await eventually('npm began', () => existsSync(join(root, 'pid')));
    child.kill('SIGINT');
    expect(await end(child)).toMatchObject({ code: 130 });
    expect(existsSync(`/proc/${readFileSync(join(root, 'pid'), 'utf8').trim()}`)).toBe(false);
    expect(existsSync(join(root, '.setup/lock'))).toBe(false);
    npmThat(installs);
    expect(await end(begin())).toMatchObject({ code: 3 });
  });

  test('of two at once one installs, and the other says whom it waits for', async () => {
    npmThat(`until [ -e go ]; do sleep 0.05; done; ${installs}`);
    const first = begin();
    await eventually('npm began', () => calls().length > 0);
    const second = begin();
    let told = '';
    second.stderr?.on('data', (text) => (told += text));
    await eventually('the second says whom it waits for', () => told.includes(`process ${first.pid}`));
    writeFileSync(join(root, 'go'), '');
    const ended = await Promise.all([end(first), end(second)]);
    expect(ended.map(({ code }) => code)).toEqual([3, 3]);
    expect(calls()).toEqual(['npm ci']);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s reaches a command that runs under the Node just installed',
    async (signal) => {
      npmThat(installs);
      const program = `
      export async function main() {}
      process.once('${signal}', () => process.exit(7));
      setTimeout(() => process.exit(1), 60_000);
      console.log('waiting');
    `;
      writeFileSync(join(root, 'infra/cli/main.ts'), program);
      const child = begin();
      await new Promise((resolve) => child.stdout?.once('data', resolve));
      const ended = end(child);
      child.kill(signal);
      expect((await ended).code).toBe(7);
    },
  );
});

test('commands that only ask or look need npm packages alone', () => {
  const place = { root, notes: root, platform: detectPlatform() };
  const needs = (command: string) => partsFor([command], place).map(({ name }) => name);
  const light = [
    'bootstrap',
    'diagram',
    'doctor',
    'history',
    'image',
    'logs',
    'media',
    'promote',
    'reset',
    'resources',
  ];
  for (const command of ['', '--help', ...light, 'rollback', 'status', 'stop']) {
    expect([command, needs(command)]).toEqual([command, ['npm']]);
  }
  for (const command of ['start', 'release', 'test', 'bench']) {
    expect([command, needs(command)]).toEqual([command, ['apt', 'npm', 'Composer']]);
  }
});
