import { spawn, spawnSync } from 'node:child_process';
import { access, constants as modes } from 'node:fs/promises';
import { constants } from 'node:os';
import { delimiter, resolve } from 'node:path';
import { SlipError } from '../lib/errors.ts';
import { stopSignals } from './interrupt.ts';

export interface PassedCommand {
  readonly words: readonly string[];
  readonly cwd: string;
  /** All of it: nothing of ours is inherited. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Runs a command without a shell on our own terminal, and resolves with its exit code: 128 + signal when one ended it. Signals to us go to
 * it. As root it obeys permissions, as the application's workers do. Throws SLIP-RUN-PROGRAM when there is no such program.
 */
export async function passThrough({ words, cwd, environment }: PassedCommand): Promise<number> {
  await requireProgram(words[0] ?? '', cwd, environment.PATH ?? '');
  const [program = '', ...args] = [...obeyingPermissions(), ...words];
  const child = spawn(program, args, { cwd, env: { ...environment }, stdio: 'inherit' });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of stopSignals) process.on(signal, forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    for (const signal of stopSignals) process.removeListener(signal, forward);
  }
}

const DROP_OVERRIDE = ['setpriv', '--bounding-set', '-dac_override'];

/** Root passes over permissions unless this capability is taken from it, which not every machine allows. */
function obeyingPermissions(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const [program = '', ...args] = DROP_OVERRIDE;
  return spawnSync(program, [...args, 'true'], { stdio: 'ignore' }).status === 0 ? [...DROP_OVERRIDE, '--'] : [];
}

/** A name is looked for on PATH, a path from the working directory, as the kernel does it. */
async function requireProgram(program: string, cwd: string, path: string): Promise<void> {
  const places = program.includes('/') ? [''] : path.split(delimiter);
  for (const place of places) {
    const found = await access(resolve(cwd, place, program), modes.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return;
  }
  throw new SlipError('SLIP-RUN-PROGRAM', {
    found: `there is no ${program} that could be started in ${cwd}`,
    expected: 'a program of this machine, or a file of the application that may be executed; there is no shell',
    fix: 'for a script of PHP: ./slipway run -- php SCRIPT',
  });
}
