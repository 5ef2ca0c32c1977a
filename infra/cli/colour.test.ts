import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { forTerminal } from './colour.ts';

const TEXT = '  ✓ swap\nSLIP-LOCAL-LOG  it is DOWN';

/**
 * What a terminal gets from a process of its own, because Node reads NO_COLOR and its like from the real environment,
 * of which a test has only a copy.
 */
function onTerminal(env: NodeJS.ProcessEnv, shown = TEXT): string {
  const program = `
    import { Writable } from 'node:stream';
    import { WriteStream } from 'node:tty';
    import { forTerminal } from ${JSON.stringify(join(import.meta.dirname, 'colour.ts'))};
    class Terminal extends Writable {
      isTTY = true;
      getColorDepth() { return WriteStream.prototype.getColorDepth.call(this); }
    }
    process.stdout.write(forTerminal(${JSON.stringify(shown)}, new Terminal()));`;
  const args = ['--input-type=module', '--eval', program];
  return execFileSync(process.execPath, args, { env: { TERM: 'xterm', ...env }, encoding: 'utf8' });
}

test('a terminal gets marks, codes and what is down in colour', () => {
  const shown = onTerminal({});
  expect(shown).toContain('\u001b[32m  ✓\u001b[39m swap');
  expect(shown).toContain('\u001b[31mSLIP-LOCAL-LOG\u001b[39m  it is \u001b[31mDOWN\u001b[39m');
});

test('a file, a pipe and a terminal with NO_COLOR get plain text', () => {
  expect(forTerminal(TEXT, { write: () => true })).toBe(TEXT);
  expect(onTerminal({ NO_COLOR: '1' })).toBe(TEXT);
});

test('a colour that the text brings along is shown as what it is', () => {
  expect(forTerminal('\u001b[32m✓', { write: () => true })).toBe('\\u{1b}[32m✓');
  expect(onTerminal({}, '\u001b[32m✓')).not.toContain('\u001b[32m✓');
});
