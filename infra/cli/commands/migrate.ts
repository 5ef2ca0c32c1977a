import { defineCommand } from '../command.ts';
import { addTargetOptions, releaseTarget, type TargetOptions } from '../release-target.ts';

export const command = defineCommand<TargetOptions>({
  summary: 'carries out the contract migrations of the live version, once nothing needs the old schema',
  examples: ['slipway migrate', 'slipway migrate --stack prod'],
  configure: addTargetOptions,
  async run({ options, output }) {
    const [{ contract }, { ReleaseView }, { releaseSignal }] = await Promise.all([
      import('../../release/contract.ts'),
      import('../release-view.ts'),
      import('../release-signal.ts'),
    ]);
    const view = new ReleaseView(output);
    try {
      const result = await contract({
        target: await releaseTarget(options),
        command: 'migrate',
        listener: view.listener,
        signal: releaseSignal(),
      });
      view.end();
      const { executed } = result;
      output.result(
        { event: 'result', ...result },
        executed.length === 0 ? 'no contract migration is pending' : `carried out: ${executed.join(', ')}`,
      );
    } finally {
      view.end();
    }
  },
});
