import { visible } from '../../lib/visible.mjs';
import { defineCommand } from '../command.ts';

export const command = defineCommand<{ follow: boolean; process?: string }>({
  group: 'develop',
  region: 'state',
  summary: 'prints the logs of the local region',
  examples: ['slipway logs', 'slipway logs --follow --process sidecar'],
  configure(command) {
    command
      .option('-f, --follow', 'keep printing new lines', false)
      .option(
        '--process <name>',
        'only this process, such as worker-a (nginx and php-fpm), sidecar, mysql; of the application worker.NAME, schedule',
      );
  },
  async run({ options, output }) {
    const { regionLogs } = await import('../../local/processes/logs.ts');
    const { state: stateDir, follow, process } = options;
    for await (const line of regionLogs({ stateDir, follow, ...(process === undefined ? {} : { process }) })) {
      output.result(line, visible(`${line.process}  ${line.line}`));
    }
  },
});
