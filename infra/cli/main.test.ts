import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { CommandDefinition } from './command.ts';

const program = join(import.meta.dirname, 'main.ts');
const names = readdirSync(join(import.meta.dirname, 'commands'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

function slipway(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('the command line', () => {
  test('lists every command with its summary', async () => {
    const { code, stdout, stderr } = await slipway('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  test.each(names)('%s has a summary and an example that begins with it', async (name) => {
    const { command } = (await import(join(import.meta.dirname, 'commands', `${name}.ts`))) as {
      command: CommandDefinition;
    };
    expect(command.summary).toMatch(/^[a-z].*[^.]$/);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const example of command.examples) expect(example).toMatch(new RegExp(`^(slipway|npm) (run )?${name}\\b`));
    expect(Object.keys(command)).toContain('run');
  });

  test('a command’s help shows its options and an example to copy', async () => {
    const { code, stdout } = await slipway('start', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--state <dir>');
    expect(stdout).toContain('--json');
    expect(stdout).toContain('$ ./slipway start');
  });

  test.each([
    ['no command', []],
    ['an unknown command', ['bogus']],
    ['an unknown command with options', ['bogus', '--stack', 'prod']],
    ['an unknown option', ['status', '--bogus']],
    ['an argument too many', ['stop', 'now']],
    ['a port that is no number', ['start', '--port', '80a']],
    ['a port whose management port would not exist', ['start', '--port', '65300']],
    ['an option without its value', ['start', '--state']],
  ])('%s is wrong use: exit code 2, no stack', async (_name, args) => {
    const { code, stdout, stderr } = await slipway(...args);
    expect(code).toBe(2);
    expect(stderr).not.toContain('    at ');
    if (args.length > 0) {
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^SLIP-CLI-USAGE {2}.+\n {2}to do: /);
    }
  });

  test('with --json the error is an object on stdout', async () => {
    const { code, stdout } = await slipway('status', '--json', '--bogus');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'SLIP-CLI-USAGE', found: expect.stringContaining('--bogus') },
    });
  });
});
