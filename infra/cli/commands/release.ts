import { join, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { defineCommand } from '../command.ts';
import { parseNumber } from '../parse-number.ts';
import { addTargetOptions, releaseTarget, type TargetOptions } from '../release-target.ts';

const root = join(import.meta.dirname, '../../..');

interface ReleaseOptions extends TargetOptions {
  readonly to: 'live' | 'verify';
  readonly source?: string;
  readonly package?: string;
  readonly dirty: boolean;
  readonly watch: number;
  readonly p95: number;
  readonly errors: number;
}

export const command = defineCommand<ReleaseOptions>({
  summary: 'builds, stages, proves and swaps in a version without losing a request',
  examples: ['slipway release', 'slipway release --stack prod', 'slipway release --to verify && ./slipway promote'],
  configure(command) {
    addTargetOptions(command);
    command
      .option('--to <step>', 'stop after "verify": proven in staging, live with promote', parseTo, 'live')
      .option('--source <dir>', 'release another tree than webapplication/')
      .option('--package <file>', 'release a package that was built before')
      .option('--dirty', 'release uncommitted changes too', false)
      .option('--watch <seconds>', 'how long production is compared with the version before', parseNumber(0, 3600), 15)
      .option(
        '--p95 <ms>',
        'budget: the 95th percentile of staging, and what production may take more',
        parseNumber(1, 60_000),
        500,
      )
      .option('--errors <percent>', 'budget: failed requests that production may have more', parseNumber(0, 100), 2)
      .option('--start-timeout <seconds>', 'how long a slot may take to start', parseNumber(1, 7200));
  },
  async run({ options, output }) {
    const [{ release }, { ReleaseView, outcomeLine }, { releaseSignal }] = await Promise.all([
      import('../../release/release.ts'),
      import('../release-view.ts'),
      import('../release-signal.ts'),
    ]);
    const view = new ReleaseView(output);
    try {
      const entry = await release({
        target: await releaseTarget(options),
        origin: originOf(options),
        to: options.to,
        p95BudgetMs: options.p95,
        watch: { seconds: options.watch, errorShare: options.errors / 100, p95Ms: options.p95 },
        command: `release${options.to === 'verify' ? ' --to verify' : ''}`,
        listener: view.listener,
        signal: releaseSignal(),
      });
      view.end();
      output.result({ event: 'result', ...entry }, outcomeLine(entry));
    } finally {
      view.end();
    }
  },
});

function originOf({ source, package: file, dirty, state }: ReleaseOptions & { readonly state: string }) {
  if (file !== undefined) return { kind: 'file' as const, file: resolve(file) };
  return {
    kind: 'source' as const,
    directory: source === undefined ? join(root, 'webapplication') : resolve(source),
    cacheDir: join(root, '.setup/packages'),
    outDir: join(state, 'packages'),
    allowDirty: dirty,
  };
}

function parseTo(text: string): 'live' | 'verify' {
  if (text === 'live' || text === 'verify') return text;
  throw new InvalidArgumentError('It is "verify", or "live".');
}
