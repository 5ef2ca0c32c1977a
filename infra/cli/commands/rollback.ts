import { defineCommand } from '../command.ts';
import { parseNumber } from '../parse-number.ts';
import { addTargetOptions, journalOf, releaseTarget, type TargetOptions } from '../release-target.ts';

interface RollbackOptions extends TargetOptions {
  readonly to?: string;
  readonly p95: number;
}

export const command = defineCommand<RollbackOptions>({
  group: 'operate',
  region: 'state',
  summary: 'brings back the previous version with its settings',
  examples: ['slipway rollback', 'slipway rollback --stack prod', 'slipway rollback --to 3f2a91c0d4be'],
  configure(command) {
    addTargetOptions(command);
    command
      .option('--to <version>', 'a version that history lists, or the beginning of an entry’s id')
      .option(
        '--p95 <ms>',
        'highest allowed p95 of the first smoke request in staging, in ms, when the version has to be staged again',
        parseNumber(1, 60_000),
        500,
      )
      .option('--start-timeout <seconds>', 'how long a slot may take to start', parseNumber(1, 7200));
  },
  async run({ options, output }) {
    const [{ rollback }, { inView, outcomeLine }] = await Promise.all([
      import('../../release/rollback.ts'),
      import('../views/release-view.ts'),
    ]);
    const entry = await inView(output, journalOf(options, 'rollback'), async (shown) =>
      rollback({
        target: await releaseTarget(options),
        to: options.to,
        p95BudgetMs: options.p95,
        command: options.to === undefined ? 'rollback' : `rollback --to ${options.to}`,
        ...shown,
      }),
    );
    output.result({ event: 'result', ...entry }, outcomeLine(entry));
  },
});
