import { defineCommand } from '../command.ts';
import { UsageError } from '../failure.ts';

export const command = defineCommand({
  group: 'operate',
  region: 'state',
  summary: 'restores the local region’s MySQL and media beside production, compares them and removes them again',
  examples: ['slipway drill restore', 'slipway drill restore --json'],
  configure(command) {
    command.argument('<what>', 'restore');
  },
  async run({ args: [what], options, output }) {
    if (what !== 'restore') throw new UsageError(`there is no "drill ${what}"`, './slipway drill restore');
    const [{ assertRestored, drillRestore }, { drillText }] = await Promise.all([
      import('../../drill/restore-drill.ts'),
      import('../views/drill-text.ts'),
    ]);
    const result = await drillRestore({ stateDir: options.state, progress: (text) => output.progress(text) });
    output.result(result, drillText(result));
    assertRestored(result);
  },
});
