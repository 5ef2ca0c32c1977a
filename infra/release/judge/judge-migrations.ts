import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { cleanEnvironment, runProgram } from '../../lib/run-program.ts';

const judge = join(import.meta.dirname, 'judge.php');
const vendor = join(import.meta.dirname, 'vendor/autoload.php');
/** The table of the tests, 200 statements, takes 0.2 s. */
const JUDGE_TIMEOUT_MS = 60_000;
const JUDGE_MEMORY = '512M';

/** A migration's SQL as it would run, in its order. */
export interface MigrationSql {
  readonly version: string;
  readonly statements: readonly string[];
}

export interface RefusedStatement {
  readonly version: string;
  /** On one line, cut when it is long, fit for a terminal. */
  readonly statement: string;
  /** 1 for the first of its migration. */
  readonly position: number;
  /** `one-change`: it may be allowed by itself, and comes behind another change of the schema. */
  readonly rule: 'statement' | 'one-change';
  readonly reason: string;
}

export interface JudgeOptions {
  /**
   * The SQL is what a framework prints, on one line: a comment to the end of its line would hide the rest. Its migrations change the schema in
   * several statements as a rule; what a failure leaves is told after it.
   */
  readonly isPrinted?: boolean;
}

/**
 * The first statement of each migration that an expand migration may not have; of a contract migration only what would
 * leave an unknown half behind when it fails. Runs PHP, which has the parser.
 */
export async function judgeMigrations(
  kind: 'expand' | 'contract',
  migrations: readonly MigrationSql[],
  { isPrinted = false }: JudgeOptions = {},
): Promise<readonly RefusedStatement[]> {
  if (!existsSync(vendor)) throw cannotJudge(`${vendor} is missing`);
  const result = await runProgram({
    program: 'php',
    args: ['-d', 'display_errors=stderr', '-d', `memory_limit=${JUDGE_MEMORY}`, judge],
    cwd: import.meta.dirname,
    environment: cleanEnvironment(process.env, {}),
    timeoutMs: JUDGE_TIMEOUT_MS,
    input: JSON.stringify({ kind, migrations, oneChange: !isPrinted, lineComments: !isPrinted }),
  });
  if (result.missing) throw cannotJudge('the program php is not installed');
  if (result.timedOut) throw cannotJudge(`it did not end within ${JUDGE_TIMEOUT_MS / 1000} s`);
  if (result.code !== 0) throw cannotJudge(result.stderr.trim().split('\n').at(0) ?? `php ended with ${result.code}`);
  return JSON.parse(result.stdout) as RefusedStatement[];
}

function cannotJudge(found: string): SlipError {
  return new SlipError('SLIP-RELEASE-JUDGE', {
    found: `the SQL of the migrations cannot be judged: ${found}`,
    expected: 'PHP 8.2 or newer with mbstring, and the judge’s own packages beside it',
    fix: 'run `npm start` once, which installs both; nothing was run in the database',
  });
}
