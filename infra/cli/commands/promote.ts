import { defineCommand } from '../command.ts';
import { parseNumber } from '../parse-number.ts';
import { addTargetOptions, releaseTarget, type TargetOptions } from '../release-target.ts';

interface PromoteOptions extends TargetOptions {
  readonly watch: number;
  readonly p95: number;
  readonly errors: number;
}

export const command = defineCommand<PromoteOptions>({
  summary: 'puts live what release --to verify left in staging',
  examples: ['slipway promote', 'slipway promote --stack prod'],
  configure(command) {
    addTargetOptions(command);
    command
      .option('--watch <seconds>', 'how long production is compared with the version before', parseNumber(0, 3600), 15)
      .option(
        '--p95 <ms>',
        'budget: the 95th percentile of staging, and what production may take more',
        parseNumber(1, 60_000),
        500,
      )
      .option('--errors <percent>', 'budget: failed requests that production may have more', parseNumber(0, 100), 2);
  },
  async run({ options, output }) {
    const [{ promote }, { ReleaseView, outcomeLine }, { releaseSignal }] = await Promise.all([
      import('../../release/promote.ts'),
      import('../release-view.ts'),
      import('../release-signal.ts'),
    ]);
    const view = new ReleaseView(output);
    try {
      const entry = await promote({
        target: await releaseTarget(options),
        p95BudgetMs: options.p95,
        watch: { seconds: options.watch, errorShare: options.errors / 100, p95Ms: options.p95 },
        command: 'promote',
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
