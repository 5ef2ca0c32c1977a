import { defineCommand } from '../command.ts';

export const command = defineCommand({
  summary: 'shows slots, versions, processes and media of the local region',
  examples: ['slipway status', 'slipway status --json'],
  async run({ options, output }) {
    const { regionStatus } = await import('../../local/region.ts');
    const status = await regionStatus({ stateDir: options.state });
    output.result(status, JSON.stringify(status, null, 2));
  },
});
