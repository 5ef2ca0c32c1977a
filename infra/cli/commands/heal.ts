import { visible } from '../../lib/visible.mjs';
import { defineCommand } from '../command.ts';
import { addTargetOptions, journalOf, releaseTarget, type TargetOptions } from '../release-target.ts';

export const command = defineCommand<TargetOptions>({
  group: 'operate',
  region: 'state',
  summary: 'finishes what a killed command left, and starts the workers of the version that production runs',
  examples: ['slipway heal', 'slipway heal --stack prod'],
  configure: addTargetOptions,
  async run({ options, output }) {
    const [{ declareRunning }, { inView }] = await Promise.all([
      import('../../release/declare.ts'),
      import('../views/release-view.ts'),
    ]);
    const { version } = await inView(output, journalOf(options, 'heal'), async (shown) =>
      declareRunning({ target: await releaseTarget(options), command: 'heal', ...shown }),
    );
    output.result({ event: 'result', version }, visible(`${version} is live, and its workers and schedule run`));
  },
});
