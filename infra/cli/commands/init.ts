import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { connectionFile } from '../../lib/connection.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failure.ts';

export const command = defineCommand<{ readonly app?: string; readonly yes: boolean }>({
  group: 'develop',
  region: 'state',
  summary: 'takes an application of yours: finds out what it is, and makes it the one that start and release take',
  examples: ['slipway init --app ../shop', 'slipway init --app ../shop --yes'],
  configure(command) {
    command.option('--app <dir>', 'directory of the application').option('--yes', 'write without asking', false);
  },
  async run({ options, output, edit }) {
    if (options.app === undefined)
      throw new UsageError('init takes the directory of an application', './slipway init --app DIR');
    const [{ discoverApplication, initApplication }, { AppSecrets }, { projectDirectory }, views, { confirm }] =
      await Promise.all([
        import('../../release/app/init/init-application.ts'),
        import('../../lib/app-secrets.ts'),
        import('../../release/app/application-directory.ts'),
        import('../views/init-text.ts'),
        import('../confirm.ts'),
      ]);
    const discovery = await discoverApplication(resolve(options.app));
    output.line(`${views.discoveryText(discovery)}\n`);
    if (!options.yes && !(await confirm('Take it?', process.stdin, process.stdout))) {
      output.result({ taken: false }, 'Nothing was written.');
      return;
    }
    const hasRegion = existsSync(connectionFile(options.state));
    const done = await initApplication(discovery, {
      project: projectDirectory,
      secrets: new AppSecrets(options.state),
    });
    const { application, ...seen } = discovery;
    output.result(
      { taken: true, kind: application.kind, ...seen, ...done },
      views.initialisedText(discovery, done, { hasRegion, forRegion: edit }),
    );
  },
});
