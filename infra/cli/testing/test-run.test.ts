import { spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { RUN_PARENTS } from './run-directory.ts';
import type { Stage } from './stages.ts';
import { allStages, selectStages, splitForm } from './stages.ts';
import { runTests, type TestRunOptions } from './test-run.ts';

let reports = '';
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'reports-'));
});
afterEach(() => rmSync(reports, { recursive: true, force: true }));

const shell = (name: string, script: string, more: Partial<Stage> = {}): Stage => ({
  name,
  group: 'static',
  command: ['sh', '-c', script],
  cwd: reports,
  report: 'none',
  phase: 1,
  limitSeconds: 60,
  ...more,
});

async function run(stages: Stage[], more: Partial<TestRunOptions> = {}) {
  const lines: string[] = [];
  const { results, leftovers } = await runTests(stages, {
    context: { form: 'short', root: reports, reports },
    signal: new AbortController().signal,
    live: { above: (line: string) => void lines.push(line) },
    running: new Map(),
    ...more,
  });
  return { results, leftovers, shown: lines.join('\n') };
}

function mayWriteTo(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

describe('a test run', () => {
  test('counts a static stage as one test, and shows the end of a failed one with the place of its log', async () => {
    const { results, shown } = await run([shell('good', 'echo fine'), shell('bad', 'echo wrong on line 3; exit 1')]);
    const counts = Object.fromEntries(results.map(({ stage, passed, failed }) => [stage, [passed, failed]]));
    expect(counts).toEqual({ good: [1, 0], bad: [0, 1] });
    expect(shown).toContain('wrong on line 3');
    expect(shown).toContain(join(reports, 'bad.log'));
    expect(shown).not.toContain('fine');
    expect(readFileSync(join(reports, 'good.log'), 'utf8')).toContain('fine');
  });

  test.each(['short', 'long'] as const)(
    'tells every stage that its form is %s, whatever the environment says',
    async (form) => {
      const context = { form, root: reports, reports };
      const { shown } = await run([shell('asks', 'echo "form $SLIPWAY_TEST_FORM"; exit 1')], { context });
      expect(shown).toContain(`form ${form}`);
    },
  );

  test('no stage sees colours that its caller forces, and each has a home', async () => {
    const before = { ...process.env };
    process.env.FORCE_COLOR = '1';
    delete process.env.HOME;
    try {
      const { shown } = await run([shell('asks', 'echo "colour <$FORCE_COLOR> <$NO_COLOR> home <$HOME>"; exit 1')]);
      expect(shown).toContain(`colour <> <1> home <${homedir()}>`);
    } finally {
      process.env = before;
    }
  });

  test('the word long chooses the form, not a stage, and gives each stage more time', () => {
    expect(splitForm(['unit'])).toEqual({ form: 'short', names: ['unit'] });
    expect(splitForm(['long', 'e2e'])).toEqual({ form: 'long', names: ['e2e'] });
    const seconds = (form: 'short' | 'long') =>
      allStages({ form, root: '/r', reports: '/r' }).map(({ limitSeconds }) => limitSeconds);
    expect(Math.min(...seconds('long'))).toBeGreaterThan(Math.min(...seconds('short')));
  });

  test('a runner that dies without a report has failed, though no test did', async () => {
    const { results, shown } = await run([shell('php', 'echo segmentation fault; exit 139', { report: 'junit' })]);
    expect(results).toMatchObject([{ passed: 0, failed: 1 }]);
    expect(shown).toContain('segmentation fault');
  });

  test('a stage that hangs is ended, and has failed', async () => {
    const limit = new AbortController();
    const limits: number[] = [];
    const ended = run([shell('hang', `echo before; touch ${reports}/hangs; sleep 304`, { limitSeconds: 90 })], {
      limit: (seconds) => {
        limits.push(seconds);
        return limit.signal;
      },
    });
    await eventually('the stage runs', () => existsSync(join(reports, 'hangs')));
    limit.abort();
    const { results, shown } = await ended;
    expect(results).toMatchObject([{ passed: 0, failed: 1 }]);
    expect(shown).toMatch(/before\n.*did not end within 90 s/);
    expect(limits).toEqual([90]);
  });

  test('an old report is not taken for a new one', async () => {
    await run([shell('php', `echo '<testcase name="a"/>' > ${reports}/php.xml`, { report: 'junit' })]);
    const { results } = await run([shell('php', 'exit 0', { report: 'junit' })]);
    expect(results).toMatchObject([{ passed: 0, failed: 0 }]);
  });

  test('a later phase waits for the earlier', async () => {
    const { results } = await run([
      shell('late', `cat ${reports}/made`, { phase: 2 }),
      shell('early', `sleep 0.3; echo x > ${reports}/made`),
    ]);
    expect(results.map(({ stage, failed }) => [stage, failed])).toEqual([
      ['early', 0],
      ['late', 0],
    ]);
  });

  test('a server that a test leaves behind in a session of its own is named and ended', async () => {
    const forgetful = shell('forgetful', `setsid sleep 300 </dev/null >/dev/null 2>&1 & echo $! > ${reports}/pid`);
    const { leftovers } = await run([forgetful], { graceMs: 500 });
    expect(leftovers).toEqual([expect.stringContaining('sleep 300')]);
    await eventually('it has ended', () => !isAlive(Number.parseInt(leftovers[0] ?? '', 10)));
  });

  test('an interrupt ends the stage, its children and its detached servers, and starts no further stage', async () => {
    const script = `setsid sleep 301 </dev/null >/dev/null 2>&1 & echo $! > ${reports}/server; sleep 302 & echo $! > ${reports}/child; wait`;
    const controller = new AbortController();
    const stages = [shell('long', script), shell('next', `touch ${reports}/next`, { phase: 2 })];
    const ended = run(stages, { signal: controller.signal });
    await eventually(
      'the stage runs',
      () => existsSync(join(reports, 'child')) && readFileSync(join(reports, 'child'), 'utf8') !== '',
    );
    controller.abort(new Error('stop'));
    expect((await ended).results).toEqual([]);
    for (const name of ['server', 'child'])
      expect(isAlive(Number(readFileSync(join(reports, name), 'utf8')))).toBe(false);
    expect(existsSync(join(reports, 'next'))).toBe(false);
  });

  test.each(Object.values(RUN_PARENTS).filter(mayWriteTo))(
    'what a killed run left behind in %s is ended and removed by the next',
    async (parent) => {
      const left = mkdtempSync(join(parent, 'slipway-test-'));
      const server = spawn('sleep', ['303'], { cwd: left, stdio: 'ignore' });
      // Last: another run that begins at this moment may take it away as well.
      writeFileSync(join(left, 'owner'), JSON.stringify({ pid: process.pid, started: 'another process', since: '' }));
      const gone = new Promise((resolve) => server.on('exit', resolve));
      await run([shell('next', 'true')]);
      await gone;
      expect(existsSync(left)).toBe(false);
    },
  );

  test('everything that a stage writes to its temporary directory is gone afterwards', async () => {
    await run([
      shell(
        'writer',
        `echo "$TMPDIR" > ${reports}/where; touch "$TMPDIR/left"; stat -c %a "$TMPDIR" > ${reports}/mode`,
      ),
    ]);
    const where = readFileSync(join(reports, 'where'), 'utf8').trim();
    // Which of them depends on the memory that is free at that moment.
    expect(Object.values(RUN_PARENTS)).toContain(dirname(where));
    expect(basename(where)).toMatch(/^slipway-test-\w+$/);
    expect(readFileSync(join(reports, 'mode'), 'utf8')).toBe('711\n');
    expect(existsSync(where)).toBe(false);
  });
});

describe('choosing stages', () => {
  const stages = [shell('types', ''), shell('php', '', { group: 'php' }), shell('lint', '')];

  test('by name or by group, in their own order; all of them without a name', () => {
    expect(selectStages(stages, ['lint', 'types']).chosen.map(({ name }) => name)).toEqual(['types', 'lint']);
    expect(selectStages(stages, ['static']).chosen.map(({ name }) => name)).toEqual(['types', 'lint']);
    expect(selectStages(stages, []).chosen).toHaveLength(3);
  });

  test('every suite of PHPUnit belongs to one stage, and a filter that meets nothing in one is no failure', () => {
    const root = join(import.meta.dirname, '../../..');
    const suites = [
      ...readFileSync(join(root, 'webapplication/phpunit.xml.dist'), 'utf8').matchAll(/testsuite name="(\w+)"/g),
    ];
    const php = allStages({ form: 'short', root, reports, filter: 'X' }).filter(({ group }) => group === 'php');
    const run = php.flatMap(({ command }) => command[command.indexOf('--testsuite') + 1]?.split(',') ?? []);
    expect(run.toSorted()).toEqual(suites.map(([, name]) => name).toSorted());
    for (const { command } of php) expect(command).toContain('--do-not-fail-on-empty-test-suite');
  });

  test('a name that is none is reported', () => {
    expect(selectStages(stages, ['php', 'nope'])).toMatchObject({ unknown: ['nope'] });
  });
});

test('workflows are checked by actionlint: a mistake is named with its place', () => {
  const root = mkdtempSync(join(tmpdir(), 'workflows-'));
  const folder = join(root, '.github/workflows');
  const script = join(import.meta.dirname, 'lint-workflows.mjs');
  const lint = () => spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  const workflow = (step: string) => `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - ${step}\n`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'a.yml'), workflow('run: echo "$GITHUB_SHA"'));
  expect(lint()).toMatchObject({ status: 0, stdout: '1 workflows, 0 mistakes\n' });
  writeFileSync(join(folder, 'a.yml'), workflow(`run: echo ${'${{'} github.event.head_commit.message }}`));
  const { status, stdout } = lint();
  expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringContaining('a.yml:6:') });
  rmSync(root, { recursive: true });
});
