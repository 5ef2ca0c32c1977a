import { join, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { applicationDirectory } from '../../release/app/application-directory.ts';
import { defineCommand } from '../command.ts';
import { parseNumber } from '../parse-number.ts';
import { addBudgetOptions, type BudgetOptions, budgetsOf } from '../release-budgets.ts';
import { addTargetOptions, journalOf, releaseTarget, type TargetOptions } from '../release-target.ts';

const root = join(import.meta.dirname, '../../..');

interface ReleaseOptions extends TargetOptions, BudgetOptions {
  readonly to: 'live' | 'verify';
  readonly source?: string;
  readonly package?: string;
  readonly dirty: boolean;
}

export const command = defineCommand<ReleaseOptions>({
  group: 'operate',
  region: 'state',
  summary: 'builds a version, verifies it in staging and swaps it into production without losing a request',
  examples: ['slipway release', 'slipway release --stack prod', 'slipway release --to verify && ./slipway promote'],
  configure(command) {
    addTargetOptions(command);
    command
      .option(
        '--to <step>',
        '"verify" stops before the swap and leaves the version in staging for promote; "live" goes on',
        parseTo,
        'live',
      )
      .option(
        '--source <dir>',
        'directory of the application to release instead of the one that slipway:app in Pulumi.yaml names',
      )
      .option('--package <file>', 'release an existing package instead of building one')
      .option('--dirty', 'release in spite of uncommitted changes', false)
      .option('--start-timeout <seconds>', 'how long a slot may take to start', parseNumber(1, 7200));
    addBudgetOptions(command);
  },
  async run({ options, output }) {
    const [{ release }, { inView, outcomeLine }] = await Promise.all([
      import('../../release/release.ts'),
      import('../views/release-view.ts'),
    ]);
    const entry = await inView(output, journalOf(options, 'release'), async (shown) =>
      release({
        target: await releaseTarget(options),
        origin: await originOf(options),
        to: options.to,
        ...budgetsOf(options),
        command: `release${options.to === 'verify' ? ' --to verify' : ''}`,
        ...shown,
      }),
    );
    output.result({ event: 'result', ...entry }, outcomeLine(entry));
  },
});

async function originOf({ source, package: file, dirty, state }: ReleaseOptions & { readonly state: string }) {
  if (file !== undefined) return { kind: 'file' as const, file: resolve(file) };
  return {
    kind: 'source' as const,
    directory: source === undefined ? await applicationDirectory() : resolve(source),
    cacheDir: join(root, '.setup/packages'),
    outDir: join(state, 'packages'),
    allowDirty: dirty,
  };
}

function parseTo(text: string): 'live' | 'verify' {
  if (text === 'live' || text === 'verify') return text;
  throw new InvalidArgumentError('It is "verify", or "live".');
}
