import { defineCommand } from '../command.ts';

export const command = defineCommand({
  summary: 'starts the local region with a first release live, prints what to try, and returns',
  examples: ['slipway start', 'slipway start --state /tmp/second --port 9080'],
  async run({ options, output }) {
    const { startRegion } = await import('../../local/region.ts');
    const region = await startRegion({
      stateDir: options.state,
      port: options.port,
      onProgress: (text: string) => output.progress(text),
    });
    output.result(region, JSON.stringify(region, null, 2));
  },
});
