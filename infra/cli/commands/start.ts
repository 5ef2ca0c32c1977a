import { defineCommand } from '../command.ts';
import { interruptSignal } from '../interrupt.ts';

export const command = defineCommand({
  group: 'develop',
  region: 'state and port',
  summary: 'starts the local region with a first release live, prints what to try, and returns',
  examples: ['slipway start', 'slipway start --state /tmp/second --port 9080'],
  async run({ options, output, edit }) {
    const began = performance.now();
    const [{ startRegion }, { ensureFirstRelease }, { readConnection }, { tryIt }] = await Promise.all([
      import('../../local/region-client.ts'),
      import('../first-release.ts'),
      import('../../lib/connection.ts'),
      import('../views/try-it.ts'),
    ]);
    const signal = interruptSignal();
    const { started } = await startRegion({
      stateDir: options.state,
      port: options.port,
      onProgress: (text) => output.progress(text),
      signal,
    });
    const version = await ensureFirstRelease(options, output, signal);
    const { production, staging, management } = await readConnection(options.state);
    const seconds = (performance.now() - began) / 1000;
    const system = { production, staging, management, version, started, seconds };
    output.result(system, tryIt(system, options.state, process.cwd(), edit));
  },
});
