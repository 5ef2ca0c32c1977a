import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { COMPILE_CACHE } from '../lib/compile-cache.ts';
import { visibleJson } from '../lib/visible.mjs';
import { forTerminal } from './colour.ts';
import { explain, UsageError } from './failure.ts';
import { endAtSignals } from './interrupt.ts';
import { buildProgram } from './program.ts';

const root = join(import.meta.dirname, '../..');

/** Runs a command line and sets the exit code: 0, 1 (failed), 2 (wrong use) or 128 + signal. */
export async function main(args: readonly string[]): Promise<void> {
  enableCompileCache(COMPILE_CACHE);
  // What stands after it is another program's.
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const json = own.includes('--json');
  endAtSignals();
  // The reader of our output may stop reading: `slipway logs | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    await (await buildProgram(args)).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const meant = error instanceof CommanderError ? usageError(error) : error;
    const { error: shown, exitCode } = explain(meant, join(root, '.setup/error.log'));
    if (json) process.stdout.write(`${visibleJson(shown)}\n`);
    process.stderr.write(`${forTerminal(shown.toText(), process.stderr)}\n`);
    process.exitCode = exitCode;
  }
}

function usageError(error: CommanderError): UsageError {
  const [found = '', meant] = error.message.replace(/^error: /, '').split(/\n\(Did you mean (.*)\?\)/);
  const help = 'see ./slipway --help, or --help after the command';
  return new UsageError(found, meant === undefined ? help : `did you mean ${meant}? ${help}`);
}

if (import.meta.main) await main(process.argv.slice(2));
