import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failure.ts';

export const command = defineCommand<{ readonly source?: string }>({
  group: 'operate',
  region: 'none',
  summary: 'checks an application: everything that is missing for a release of it, at once and offline',
  examples: ['slipway app check', 'slipway app check --source ../shop'],
  configure(command) {
    command
      .argument('<action>', 'check')
      .option('--source <dir>', 'directory of the application instead of the one that slipway:app names');
  },
  async run({ args, options, output }) {
    const [action] = args;
    if (action !== 'check') throw new UsageError(`${action} is no action`, './slipway app check --source DIR');
    const [{ checkApplication, incomplete }, { applicationDirectory }] = await Promise.all([
      import('../../release/app/check-application.ts'),
      import('../../release/app/application-directory.ts'),
    ]);
    const directory = options.source === undefined ? await applicationDirectory() : resolve(options.source);
    const { application, problems, notes } = await checkApplication(directory);
    const found = { directory, kind: application.kind, problems, notes };
    if (problems.length > 0) throw incomplete(directory, application, problems);
    output.result(
      found,
      [`${directory}: ${application.kind}, ready to be released`, ...notes.map((note) => `  · ${note}`)].join('\n'),
    );
  },
});
