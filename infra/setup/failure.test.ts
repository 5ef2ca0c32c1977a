import { describe, expect, test } from '@jest/globals';
import { explainFailure } from './failure.mjs';

const failure = (output: string, part: 'apt' | 'npm' | 'Composer' = 'npm', exitCode: number | null = 1) =>
  explainFailure({ part, command: 'npm ci', exitCode, output, log: '.setup/npm.log' });

describe('a failed installation', () => {
  test.each([
    ['npm error code ENOSPC', 'SLIP-SETUP-SPACE'],
    ["E: You don't have enough free space in /var/cache/apt/archives/.", 'SLIP-SETUP-SPACE'],
    ['npm error request to https://registry.example failed, reason: getaddrinfo ENOTFOUND', 'SLIP-SETUP-NETWORK'],
    ['W: Failed to fetch http://deb.example/debian  Temporary failure resolving', 'SLIP-SETUP-NETWORK'],
    ['curl error 6 while downloading https://packages.example/p2/x.json: Could not resolve host', 'SLIP-SETUP-NETWORK'],
    ['npm error code EINTEGRITY', 'SLIP-SETUP-NPM'],
  ])('that says %j is %s', (output, code) => {
    expect(failure(output).code).toBe(code);
  });

  test('has a code of its own for each installer, and says how it ended', () => {
    expect(failure('x', 'apt').code).toBe('SLIP-SETUP-APT');
    expect(failure('x', 'Composer').code).toBe('SLIP-SETUP-COMPOSER');
    expect(failure('x').detail.found).toBe('npm ci failed with exit code 1');
    expect(failure('x', 'npm', null).detail.found).toBe('npm ci was ended by a signal');
  });

  test('shows the end of its log and where the rest is', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n');
    const text = failure(lines).toText();
    expect(text).toContain('.setup/npm.log');
    expect(text).toContain('| line 39');
    expect(text).not.toContain('| line 20');
  });
});
