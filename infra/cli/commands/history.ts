import { defineCommand } from '../command.ts';
import { parseNumber } from '../parse-number.ts';
import { addTargetOptions, releaseTarget, type TargetOptions } from '../release-target.ts';

export const command = defineCommand<TargetOptions & { readonly limit: number }>({
  group: 'operate',
  region: 'state',
  summary: 'lists releases and rollbacks: what, when, by whom, how long, lost requests',
  examples: ['slipway history', 'slipway history --stack prod --json'],
  configure(command) {
    addTargetOptions(command);
    command.option('--limit <number>', 'show this many, the newest first', parseNumber(1, 10_000), 20);
  },
  async run({ options, output }) {
    const [{ History }, { sealForLooking }, { historyText }] = await Promise.all([
      import('../../release/store/history.ts'),
      import('../../release/store/seal.ts'),
      import('../views/history-text.ts'),
    ]);
    const target = await releaseTarget(options);
    const history = new History(target.releases, target.stack, await sealForLooking(target));
    const entries = (await history.read()).slice(-options.limit).reverse();
    output.result(entries, historyText(entries));
  },
});
