import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ApplicationTests } from './application-tests.ts';

/** How a stage's tests are counted: from its report, or the whole stage as one. */
export type Report = 'none' | 'jest' | 'junit';

export interface Stage {
  readonly name: string;
  /** What `npm test -- NAME` selects it by, besides its own name. */
  readonly group: 'static' | 'unit' | 'php' | 'e2e';
  readonly command: readonly string[];
  readonly cwd: string;
  readonly report: Report;
  /** Stages of one phase run at the same time, one more than there are cores. A later phase waits for the earlier. */
  readonly phase: 1 | 2 | 3;
  /** A stage that hangs is ended after this long, and has failed. Far above what it takes. */
  readonly limitSeconds: number;
}

/** `long`: every kill, outage and backlog; an hour or so, for a nightly run. `short`: one of each kind. */
export type Form = 'short' | 'long';

/** Tests read the form from this variable: infra/testbed, sidecar/testbed and the PHP tests. */
export const FORM_VARIABLE = 'SLIPWAY_TEST_FORM';

/** How much longer a stage may take in the long form. */
const LONG_FORM_FACTOR = 4;
const LIMIT_SECONDS = { static: 600, unit: 1_800, php: 1_800, e2e: 3_600 };

export interface StageContext {
  readonly form: Form;
  readonly root: string;
  /** Where reports go. */
  readonly reports: string;
  /** Only test files whose path contains this. */
  readonly filter?: string;
  /** Of the application that `slipway:app` names. */
  readonly application?: ApplicationTests;
}

/** Every stage. Static checks first: they are quick to fail. Then PHP and unit tests beside each other, then the tests of whole regions. */
export function allStages(context: StageContext): Stage[] {
  const stages = [
    ...staticStages(context),
    e2eStage(context),
    ...phpStages(context),
    ...applicationStages(context),
    unitStage(context),
  ];
  if (context.form === 'short') return stages;
  return stages.map((stage) => ({ ...stage, limitSeconds: stage.limitSeconds * LONG_FORM_FACTOR }));
}

export function reportFile(context: StageContext, stage: Pick<Stage, 'name' | 'report'>): string {
  return join(context.reports, `${stage.name}.${stage.report === 'jest' ? 'json' : 'xml'}`);
}

/** The word `long` among the arguments chooses the form; the other words choose stages. */
export function splitForm(args: readonly string[]): { form: Form; names: readonly string[] } {
  const names = args.filter((word) => word !== 'long');
  return { form: names.length === args.length ? 'short' : 'long', names };
}

/** Stages by name or group, in their own order; all without names. Returns the unknown names as well. */
export function selectStages(
  stages: readonly Stage[],
  names: readonly string[],
): { chosen: Stage[]; unknown: string[] } {
  const matches = (stage: Stage, name: string) => stage.name === name || stage.group === name;
  return {
    chosen: stages.filter((stage) => names.length === 0 || names.some((name) => matches(stage, name))),
    unknown: names.filter((name) => !stages.some((stage) => matches(stage, name))),
  };
}

/** The words that `selectStages` knows. */
export function selectable(stages: readonly Stage[]): string[] {
  return [...new Set([...stages.flatMap(({ group, name }) => [group, name]), 'long'])];
}

function staticStages({ root }: StageContext): Stage[] {
  const node = (name: string, program: string, ...args: string[]): Stage => ({
    name,
    group: 'static',
    command: [process.execPath, join(root, 'node_modules', program), ...args],
    cwd: root,
    report: 'none',
    phase: 1,
    limitSeconds: LIMIT_SECONDS.static,
  });
  return [
    node('types-infra', 'typescript-7/bin/tsc', '-p', 'infra'),
    node('types-page', 'typescript-7/bin/tsc', '-p', 'infra/console/page'),
    node('types-sidecar', 'typescript-7/bin/tsc', '-p', 'sidecar'),
    node('lint', '@biomejs/biome/bin/biome', 'check', '--max-diagnostics=50', '.'),
    node('workflows', '../infra/cli/testing/lint-workflows.mjs', root),
  ];
}

function unitStage(context: StageContext): Stage {
  // One more than there are cores: many of these tests wait for a clock of the sidecar, not for a processor.
  const workers = String(availableParallelism() + 1);
  const stage = jestStage(context, 'unit', [
    '--testPathIgnorePatterns=/node_modules/',
    '--testPathIgnorePatterns=infra/e2e/',
    `--maxWorkers=${workers}`,
  ]);
  return {
    ...stage,
    group: 'unit',
    phase: 2,
    limitSeconds: LIMIT_SECONDS.unit,
  };
}

function e2eStage(context: StageContext): Stage {
  return {
    // Every file at once: each has a region of its own.
    ...jestStage(context, 'e2e', ['--maxWorkers=3', '--testPathPatterns=infra/e2e/']),
    group: 'e2e',
    phase: 3,
    limitSeconds: LIMIT_SECONDS.e2e,
  };
}

function jestStage(
  context: StageContext,
  name: string,
  args: string[],
): Omit<Stage, 'group' | 'phase' | 'limitSeconds'> {
  const stage = { name, report: 'jest', cwd: context.root } as const;
  const filter = context.filter === undefined ? [] : [`--testPathPatterns=${context.filter}`, '--passWithNoTests'];
  return {
    ...stage,
    command: [
      process.execPath,
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(context.root, 'node_modules/jest/bin/jest.js'),
      '--json',
      `--outputFile=${reportFile(context, stage)}`,
      ...args,
      ...filter,
    ],
  };
}

function phpStages(context: StageContext): Stage[] {
  const application = join(context.root, 'webapplication');
  const php = (name: string, phase: 1 | 2, report: Report, ...command: string[]): Stage => ({
    name,
    group: phase === 1 ? 'static' : 'php',
    command: ['php', ...command],
    cwd: application,
    report,
    phase,
    limitSeconds: phase === 1 ? LIMIT_SECONDS.static : LIMIT_SECONDS.php,
  });
  const filter = context.filter === undefined ? [] : ['--filter', context.filter, '--do-not-fail-on-empty-test-suite'];
  const tests = (name: string, ...suites: string[]): Stage => {
    const log = reportFile(context, { name, report: 'junit' });
    const options = ['--colors=never', '--do-not-cache-result', '--testsuite', suites.join(), '--log-junit', log];
    return php(name, 2, 'junit', 'vendor/bin/phpunit', ...options, ...filter);
  };
  const analyse = ['vendor/bin/phpstan', 'analyse', '--memory-limit=1G', '--no-progress', '--no-ansi'];
  const style = ['vendor/bin/php-cs-fixer', 'check', '--diff', '--no-ansi', '--show-progress=none'];
  const runtime = join(context.root, 'infra/runtime/tests');
  return [
    php('phpstan', 1, 'none', ...analyse),
    php('phpstan-runtime', 1, 'none', ...analyse, '--configuration', join(runtime, 'phpstan.neon')),
    php('php-style', 1, 'none', ...style),
    php('php-style-runtime', 1, 'none', ...style, '--config', join(runtime, '.php-cs-fixer.dist.php')),
    // Each has servers of its own. The first mostly waits, for which the second needs no processor.
    tests('php-limits', 'limits'),
    tests('php', 'unit', 'feature'),
  ];
}

/** The application's own tests, with the settings that its own configuration gives them. */
function applicationStages(context: StageContext): Stage[] {
  const { application, filter } = context;
  if (application === undefined) return [];
  const stage = { name: 'application', group: 'php', report: 'junit', phase: 2 } as const;
  const filtered = filter === undefined ? [] : ['--filter', filter];
  const command = ['php', application.runner, '--log-junit', reportFile(context, stage), ...filtered];
  return [{ ...stage, command, cwd: application.directory, limitSeconds: LIMIT_SECONDS.php }];
}
