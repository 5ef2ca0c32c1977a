import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { completeLock, missingOptionals, platformEntry } from './complete-lock.mjs';

const lockText = readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8');

describe('package-lock.json', () => {
  test('names no registry: whichever one is in use serves the same bytes', () => {
    expect(lockText.match(/"resolved": "(?!infra"|sidecar").*/g) ?? []).toEqual([]);
  });

  test('has every optional dependency, or npm ci would refuse it; node infra/setup/complete-lock.mjs fixes that', () => {
    expect(missingOptionals(JSON.parse(lockText).packages)).toEqual([]);
  });
});

describe('completing a lock', () => {
  test.each([
    ['@biomejs/cli-linux-x64-musl', { os: ['linux'], cpu: ['x64'], libc: ['musl'] }],
    ['@unrs/resolver-binding-linux-riscv64-gnu', { os: ['linux'], cpu: ['riscv64'], libc: ['glibc'] }],
    ['@biomejs/cli-darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
    ['@unrs/resolver-binding-win32-x64-msvc', { os: ['win32'], cpu: ['x64'] }],
  ])('reads the platform off the name %s', (name, platform) => {
    expect(platformEntry(name, '1.2.3')).toEqual({ version: '1.2.3', optional: true, ...platform });
  });

  test('adds what is missing, finds what lies nested, and refuses a name that tells no platform', () => {
    const lock = {
      packages: {
        '': {},
        'node_modules/a': {
          version: '1.0.0',
          dev: true,
          optionalDependencies: { 'x-linux-x64': '1.0.0', 'y-darwin-x64': '1.0.0' },
        },
        'node_modules/a/node_modules/x-linux-x64': { version: '1.0.0' },
      },
    };
    expect(completeLock(lock)).toEqual(['y-darwin-x64']);
    expect(lock.packages).toMatchObject({
      'node_modules/y-darwin-x64': { version: '1.0.0', os: ['darwin'], dev: true },
    });
    expect(completeLock(lock)).toEqual([]);
    expect(() =>
      completeLock({ packages: { 'node_modules/a': { optionalDependencies: { plain: '1.0.0' } } } }),
    ).toThrow('plain@1.0.0');
  });
});
