import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SlipError } from '../lib/errors.ts';
import { explain, UsageError } from './failure.ts';
import { InterruptedError } from './interrupt.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'failure-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('explaining an error', () => {
  test('exit codes: 1 for a failure, 2 for wrong use, 128 + signal for an interrupt', () => {
    const codeOf = (error: unknown) => explain(error, join(folder, 'log')).exitCode;
    expect(codeOf(new SlipError('SLIP-LOCAL-LOG', { found: 'x' }))).toBe(1);
    expect(codeOf(new UsageError('x', 'y'))).toBe(2);
    expect(codeOf(new InterruptedError('SIGINT'))).toBe(130);
    const interrupted = { found: 'x', cause: new InterruptedError('SIGTERM') };
    expect(codeOf(new SlipError('SLIP-RELEASE-INTERRUPTED', interrupted))).toBe(143);
    expect(codeOf(new TypeError('x'))).toBe(1);
  });

  test('an error nobody expected is one line, and its stack is in the file it names', () => {
    const file = join(folder, 'deep/error.log');
    const { error } = explain(new TypeError('x is not a function\nsecond line'), file);
    expect(error.toText()).toBe(`SLIP-CLI-UNEXPECTED  x is not a function\n  to do:    details are in ${file}`);
    expect(readFileSync(file, 'utf8')).toContain('failure.test.ts');
  });

  test('it is still shown when the file cannot be written', () => {
    writeFileSync(join(folder, 'taken'), '');
    const { error } = explain('thrown text', join(folder, 'taken/error.log'));
    expect(error.toText()).toContain('thrown text');
    expect(error.toText()).toContain('cannot be written');
  });
});
