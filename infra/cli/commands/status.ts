import { SlipError } from '../../errors.ts';
import { defineCommand } from '../command.ts';

export const command = defineCommand({
  summary: 'shows slots, versions, processes and media of the local region',
  examples: ['slipway status', 'slipway status --json'],
  async run({ options, output }) {
    const { regionStatus } = await import('../../local/region.ts');
    const { statusText } = await import('../status-text.ts');
    const status = await regionStatus({ stateDir: options.state });
    if (status === undefined) {
      throw new SlipError('SLIP-LOCAL-NOT-RUNNING', {
        found: `no local region runs on ${options.state}`,
        expected: 'one that was started',
        fix: 'npm start',
      });
    }
    output.result(status, statusText(status));
  },
});
