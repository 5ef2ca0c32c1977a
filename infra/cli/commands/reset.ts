import { defineCommand } from '../command.ts';

export const command = defineCommand({
  group: 'develop',
  region: 'state',
  summary: 'stops the local region and removes its data',
  examples: ['slipway reset'],
  async run({ options, output }) {
    const { resetRegion } = await import('../../local/region-client.ts');
    await resetRegion({ stateDir: options.state });
    output.result({ region: 'removed' }, `The local region is stopped, and ${options.state} is removed.`);
  },
});
