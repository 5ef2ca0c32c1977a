import { defineCommand } from '../command.ts';

export const command = defineCommand({
  group: 'develop',
  region: 'state',
  summary: 'stops the local region and keeps its data',
  examples: ['slipway stop'],
  async run({ options, output }) {
    const { stopRegion } = await import('../../local/region-client.ts');
    await stopRegion({ stateDir: options.state });
    output.result({ region: 'stopped' }, 'The local region is stopped; its data is kept.');
  },
});
