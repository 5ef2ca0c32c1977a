import { defineCommand } from '../command.ts';
import { addTargetOptions, journalOf, releaseTarget, type TargetOptions } from '../release-target.ts';

export const command = defineCommand<TargetOptions>({
  group: 'operate',
  region: 'state',
  summary: 'runs the contract migrations of the live version once no version needs the old schema',
  examples: ['slipway migrate', 'slipway migrate --stack prod'],
  configure: addTargetOptions,
  async run({ options, output }) {
    const [{ runContractMigrations }, { inView }] = await Promise.all([
      import('../../release/contract-migrations.ts'),
      import('../views/release-view.ts'),
    ]);
    const { executed } = await inView(output, journalOf(options, 'migrate'), async (shown) =>
      runContractMigrations({ target: await releaseTarget(options), command: 'migrate', ...shown }),
    );
    output.result(
      { event: 'result', executed },
      executed.length === 0 ? 'no contract migration is pending' : `executed: ${executed.join(', ')}`,
    );
  },
});
