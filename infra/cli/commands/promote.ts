import { defineCommand } from '../command.ts';
import { addBudgetOptions, type BudgetOptions, budgetsOf } from '../release-budgets.ts';
import { addTargetOptions, journalOf, releaseTarget, type TargetOptions } from '../release-target.ts';

interface PromoteOptions extends TargetOptions, BudgetOptions {}

export const command = defineCommand<PromoteOptions>({
  group: 'operate',
  region: 'state',
  summary: 'swaps the version that release --to verify left in staging into production',
  examples: ['slipway promote', 'slipway promote --stack prod'],
  configure(command) {
    addTargetOptions(command);
    addBudgetOptions(command);
  },
  async run({ options, output }) {
    const [{ promote }, { inView, outcomeLine }] = await Promise.all([
      import('../../release/promote.ts'),
      import('../views/release-view.ts'),
    ]);
    const entry = await inView(output, journalOf(options, 'promote'), async (shown) =>
      promote({ target: await releaseTarget(options), ...budgetsOf(options), command: 'promote', ...shown }),
    );
    output.result({ event: 'result', ...entry }, outcomeLine(entry));
  },
});
