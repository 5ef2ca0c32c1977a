import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import { interruptSignal } from '../interrupt.ts';
import { didYouMean } from '../nearest.ts';
import type { ApplicationTests } from '../testing/application-tests.ts';
import { LiveLine } from '../views/live-line.ts';

const root = join(import.meta.dirname, '../../..');

export const command = defineCommand<{ filter?: string }>({
  group: 'develop',
  region: 'none',
  summary: 'runs type checks, linters and all tests; ends with one line that counts them',
  examples: ['slipway test', 'slipway test unit --filter infra/setup', 'npm test -- php', 'npm test -- long'],
  configure(command) {
    command
      .argument(
        '[stages...]',
        'only these: static, unit, php, e2e, or the name of one stage; `long`: the long form, with every kill, outage and backlog',
      )
      .option('--filter <text>', 'only test files (for php: tests) whose path (name) contains this');
  },
  async run({ args, options, output }) {
    const { allStages, selectable, selectStages, splitForm } = await import('../testing/stages.ts');
    const { runTests } = await import('../testing/test-run.ts');
    const { filter } = options;
    const { form, names } = splitForm(args);
    const application = await testsOfApplication();
    const context = {
      form,
      root,
      reports: join(root, '.setup/test'),
      ...(filter === undefined ? {} : { filter }),
      ...(typeof application === 'object' ? { application } : {}),
    };
    const stages = allStages(context);
    const { chosen, unknown } = selectStages(stages, names);
    if (unknown.length > 0) {
      throw new UsageError(
        `there is no stage ${unknown.join(', ')}`,
        `${didYouMean(unknown[0] ?? '', selectable(stages))}choose among ${selectable(stages).join(' ')}`,
      );
    }

    const running = new Map<string, { since: number; line: string }>();
    const live = new LiveLine(() =>
      [...running].map(([name, { since, line }]) => `${name} ${seconds(since)} s ${line.slice(0, 50)}`).join(' · '),
    );
    const above = (line: string) => live.above(line, options.json ? process.stderr : process.stdout);
    if (typeof application === 'string') above(`· ${application}`);
    const signal = interruptSignal();
    const { results, leftovers } = await runTests(chosen, { context, signal, live: { above }, running });
    live.end();
    if (signal.aborted) throw signal.reason;

    if (leftovers.length > 0)
      above(`✗ tests left processes running; they were ended:\n    ${leftovers.join('\n    ')}`);
    const passed = results.reduce((sum, result) => sum + result.passed, 0);
    const failed = results.reduce((sum, result) => sum + result.failed, 0) + (leftovers.length > 0 ? 1 : 0);
    if (passed + failed === 0) {
      throw new SlipError('SLIP-TEST-NONE', {
        found: 'no test ran',
        fix: 'look at the stages and the filter: ./slipway test --help',
      });
    }
    output.result({ passed, failed, leftovers, stages: results }, `${passed} passed, ${failed} failed`);
    if (failed > 0) process.exitCode = 1;
  },
});

async function testsOfApplication(): Promise<ApplicationTests | string | undefined> {
  const [{ applicationTests }, { applicationDirectory }] = await Promise.all([
    import('../testing/application-tests.ts'),
    import('../../release/app/application-directory.ts'),
  ]);
  return applicationTests(await applicationDirectory(), root);
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}
