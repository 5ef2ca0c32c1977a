import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failure.ts';

export const command = defineCommand<{ readonly source?: string | true }>({
  group: 'operate',
  region: 'state',
  summary: 'runs one command of the application, with the settings and secrets of production in the local region',
  examples: [
    'slipway run -- php artisan about',
    'slipway run --source -- php artisan test',
    'slipway run --source ../shop -- vendor/bin/phpunit',
  ],
  configure(command) {
    command
      .argument('<command...>', 'program and arguments, after --')
      .option(
        '--source [dir]',
        'run it in the application’s own directory, the one that slipway:app names or this one, instead of where the live package lies',
      );
  },
  async run({ args, options }) {
    const words = args;
    if (words[0] === '') throw new UsageError('the command is empty', './slipway run -- php artisan about');
    const [{ productionContainer }, { passThrough }] = await Promise.all([
      import('../../local/slot-container.ts'),
      import('../pass-through.ts'),
    ]);
    const { environment, application } = await productionContainer(options.state);
    if (options.source === undefined) {
      process.exitCode = await passThrough({ words, cwd: application, environment });
      return;
    }
    const directory = options.source === true ? await ofProject() : resolve(options.source);
    process.exitCode = await passThrough({
      words,
      cwd: directory,
      environment: await inSource(environment, directory, words),
    });
  },
});

async function ofProject(): Promise<string> {
  const { applicationDirectory } = await import('../../release/app/application-directory.ts');
  return applicationDirectory();
}

/** Tests keep the settings that their own configuration names. */
async function inSource(
  environment: Readonly<Record<string, string>>,
  directory: string,
  words: readonly string[],
): Promise<Record<string, string>> {
  const [{ inspectApplication }, { isTestRun, settingsOfTests }] = await Promise.all([
    import('../../release/app/application.ts'),
    import('../../release/app/test-run.ts'),
  ]);
  // Refuses what is no directory.
  await inspectApplication(directory);
  const own = isTestRun(words) ? await settingsOfTests(directory) : [];
  const kept = Object.entries(environment).filter(([name]) => !own.includes(name));
  return { ...Object.fromEntries(kept), APP_DIR: directory };
}
