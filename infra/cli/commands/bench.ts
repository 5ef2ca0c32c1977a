import { join } from 'node:path';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import { interruptSignal } from '../interrupt.ts';
import { didYouMean } from '../nearest.ts';
import { parseNumber } from '../parse-number.ts';
import { runParent } from '../testing/run-parent.ts';

const docs = join(import.meta.dirname, '../../../docs');

const benches = {
  web: async () => (await import('../../bench/web.ts')).run,
  sidecar: async () => (await import('../../bench/sidecar.ts')).run,
  swap: async () => (await import('../../bench/swap.ts')).run,
  evaluate: async () => (await import('../../bench/evaluate.ts')).run,
  start: async () => (await import('../../bench/start.ts')).run,
  console: async () => (await import('../../bench/console.ts')).run,
  test: async () => (await import('../../bench/test-run.ts')).run,
};

/** Their containers write thousands of files at each start: in memory, where there is room, the machine's disk is not what is measured. */
const inMemory: readonly string[] = ['swap'];

export const command = defineCommand<{ readonly scale: number }>({
  group: 'develop',
  region: 'none',
  summary: 'runs the benchmarks beside their peers, and writes docs/benchmarks.md and the raw data',
  examples: ['slipway bench', 'slipway bench swap', 'slipway bench sidecar --scale 0.1'],
  configure(command) {
    command
      .argument('[names...]', `any of ${Object.keys(benches).join(', ')}; all without one`)
      .option('--scale <factor>', '1 is the full bench, less is quicker and says less', parseNumber(0.01, 10), 1);
  },
  async run({ args, options, output }) {
    const { writeSection } = await import('../../bench/page.ts');
    const signal = interruptSignal();
    const names = Object.keys(benches);
    for (const name of args.length === 0 ? names : args) {
      const load = Object.entries(benches).find(([known]) => known === name)?.[1];
      if (load === undefined)
        throw new UsageError(
          `there is no bench "${name}"`,
          `${didYouMean(name, names)}choose among ${names.join(', ')}`,
        );
      const run = await load();
      signal.throwIfAborted();
      if (inMemory.includes(name)) process.env.TMPDIR = runParent('short');
      const result = await run({
        folder: join(docs, 'benchmarks'),
        say: (line) => output.progress(`${name}: ${line}`),
        scale: options.scale,
      });
      await writeSection(join(docs, 'benchmarks.md'), result);
      output.result(result, `${result.title}\n\n${result.markdown}`);
    }
  },
});
