import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { startTimeOf } from '../lib/process-facts.mjs';
import { eventually } from '../testbed/eventually.ts';

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

const from = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);

/** Ended after each test, also when what it tests did not end them. */
const started: number[] = [];

afterEach(() => {
  for (const pid of started.splice(0)) {
    if (startTimeOf(pid) !== undefined) process.kill(pid, 'SIGKILL');
  }
});

/** A command that runs a program and does `setUp` about signals; the program's pid is its first line. */
async function commandThat(setUp: string) {
  const code = `
    const { runProgram } = await import(${from('../lib/run-program.ts')});
    ${setUp}
    const { PATH } = process.env;
    void runProgram({ program: 'sh', args: ['-c', 'echo $$ >&2; exec sleep 600'], cwd: '/', environment: { PATH }, timeoutMs: 600_000, onLine: (pid) => console.log(pid) });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [text] = await once(child.stdout, 'data');
  const program = Number(String(text));
  if (child.pid !== undefined) started.push(child.pid, program);
  return { child, ended, program };
}

test.each(signals)('%s ends a command and the program it runs', async (signal, exitCode) => {
  const { child, ended, program } = await commandThat(`(await import(${from('./interrupt.ts')})).endAtSignals();`);
  child.kill(signal);
  expect(await ended).toEqual([exitCode, null]);
  await eventually('the program has ended', () => startTimeOf(program) === undefined);
});

test.each(signals)(
  '%s as the second signal ends a release and the program it runs, whatever the first was',
  async (signal, exitCode) => {
    const { child, ended, program } = await commandThat(`
    (await import(${from('./interrupt.ts')})).endAtSignals();
    const release = (await import(${from('./release-signal.ts')})).releaseSignal();
    release.addEventListener('abort', () => console.log('aborted'));
  `);
    child.kill('SIGINT');
    await once(child.stdout, 'data');
    expect(startTimeOf(program)).toBeDefined();
    child.kill(signal);
    expect(await ended).toEqual([exitCode, null]);
    await eventually('the program has ended', () => startTimeOf(program) === undefined);
  },
);
