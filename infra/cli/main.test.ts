import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { CommandDefinition } from './command.ts';
import { loadCommand } from './program.ts';
import { forRegion } from './region-options.ts';

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

  test('lists the commands of operators before those of developers', async () => {
    const { stdout } = await slipway('--help');
    const places = [
      'For operators: release',
      '  rollback ',
      'For operators: before',
      '  bootstrap ',
      'For developers',
      '  start ',
    ];
    const found = places.map((text) => stdout.indexOf(`\n${text}`));
    expect(Math.min(...found)).toBeGreaterThan(0);
    expect(found).toEqual(found.toSorted((a, b) => a - b));
  });

  test('says its version', async () => {
    const { code, stdout } = await slipway('--version');
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect({ code, stdout }).toEqual({ code: 0, stdout: `slipway ${version}\n` });
  });

  test.each([
    ['a command', ['relase', '--stack', 'prod'], 'did you mean "release"?'],
    ['an option', ['status', '--stak', 'prod'], 'did you mean --stack?'],
    ['an action', ['media', 'lits'], 'did you mean "list"?'],
    ['a benchmark', ['bench', 'swpa'], 'did you mean "swap"?'],
    ['a stage of the tests', ['test', 'untis'], 'did you mean "unit"?'],
  ])('%s with a slip of the pen is suggested as it should be', async (_what, args, suggestion) => {
    const { code, stderr } = await slipway(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(suggestion);
  });

  test('--state and --port are shown where they do something, and --port is accepted wherever --state is', async () => {
    for (const name of names) {
      const shown = (await loadCommand(name)).helpInformation();
      const { command } = (await import(join(import.meta.dirname, 'commands', `${name}.ts`))) as {
        command: CommandDefinition;
      };
      expect([name, /--state/.test(shown), /--port/.test(shown)]).toEqual([
        name,
        command.region !== 'none',
        command.region === 'state and port',
      ]);
    }
    expect((await slipway('diagram', '--state', 'x')).code).toBe(2);
    expect((await slipway('stop', '--state', '/tmp/no-such-region', '--port', '9080')).stderr).not.toContain('USAGE');
  });

  test('follow-up commands get --state for exactly the commands that take it', async () => {
    for (const name of names) {
      const { command } = (await import(join(import.meta.dirname, 'commands', `${name}.ts`))) as {
        command: CommandDefinition;
      };
      const shown = forRegion(`./slipway ${name}`, { state: '/x', port: 1 }, { state: '/y', port: 1, cwd: '/' });
      expect([name, shown.includes('--state')]).toEqual([name, command.region !== 'none']);
    }
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
