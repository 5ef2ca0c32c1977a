import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { interruptSignal } from '../interrupt.ts';

export const command = defineCommand<{ readonly source?: string }>({
  group: 'develop',
  region: 'state and port',
  summary: 'starts the local region with a first release live, prints what to try, and returns',
  examples: ['slipway start', 'slipway start --state /tmp/second --port 9080'],
  configure(command) {
    command.option(
      '--source <dir>',
      'directory of the application for a first release instead of the one that slipway:app in Pulumi.yaml names',
    );
  },
  async run({ options, output, edit }) {
    const began = performance.now();
    const [{ startRegion }, { consoleProgram }, { applicationDirectory }, { readApplication }] = await Promise.all([
      import('../../local/region-client.ts'),
      import('../../console/program.ts'),
      import('../../release/app/application-directory.ts'),
      import('../../release/app/application.ts'),
    ]);
    const directory = options.source === undefined ? await applicationDirectory() : resolve(options.source);
    const application = await readApplication(directory);
    const signal = interruptSignal();
    const starting = startRegion({
      stateDir: options.state,
      port: options.port,
      consoleProgram,
      onProgress: (text) => output.progress(text),
      signal,
    });
    // Loaded while the region starts: the clients of a release take half a second of a processor.
    const [{ started }, { ensureFirstRelease }, { readConnection }, { tryIt }] = await Promise.all([
      starting,
      import('../start/first-release.ts'),
      import('../../lib/connection.ts'),
      import('../views/try-it.ts'),
    ]);
    const version = await ensureFirstRelease(directory, options, output, signal);
    const { production, staging, management, console } = await readConnection(options.state);
    const seconds = (performance.now() - began) / 1000;
    const system = { production, staging, management, console: console.url, version, started, seconds };
    output.result(system, tryIt({ ...system, directory, application }, options.state, process.cwd(), edit));
  },
});
