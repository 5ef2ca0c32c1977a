import { createHash } from 'node:crypto';
import { SlipError } from '../../lib/errors.ts';
import { isObject, parseObject } from '../../lib/json.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import type { MigrationSql } from '../judge/judge-migrations.ts';

/** The dry run executes the migrations' code, which may read the database. */
const PLAN_TIMEOUT_MS = 60_000;

/** What the pending migrations of a kind would do, by their dry run. */
export interface MigrationPlan {
  readonly migrations: readonly MigrationSql[];
  /** The migration after those: its dry run failed, often because it reads what they make. */
  readonly failed: { readonly version: string; readonly reason: string } | undefined;
  /** Pending migrations of the other kind. */
  readonly waiting: readonly string[];
  /** Whether a command of the application makes it, whose printed SQL has lost its lines. */
  readonly isByCommand: boolean;
  /** How the last run ended, when it failed. */
  readonly lastFailure: string | undefined;
}

export async function readMigrationPlan(
  slot: WebSlot,
  token: string,
  kind: 'expand' | 'contract',
): Promise<MigrationPlan> {
  const path = `/_slipway/release/migrate?kind=${kind}`;
  const { status, text, reason } = await slot.ask(path, { token, timeoutMs: PLAN_TIMEOUT_MS });
  if (status === 405) throw noDryRun('the version has no dry run: it was packaged before there was one');
  const plan = status === 200 ? parsePlan(parseObject(text)) : undefined;
  if (plan === undefined) throw noDryRun(`asking for it answers ${status ?? reason}`);
  return plan;
}

/** The text that the application hashes too: what it runs has to be what was judged. */
export function planHash(migrations: readonly MigrationSql[]): string {
  const text = migrations.map(({ version, statements }) => `${[version, ...statements].join('\0')}\0\0`).join('');
  return createHash('sha256').update(text).digest('hex');
}

export function dryRunFailed({ version, reason }: { readonly version: string; readonly reason: string }): SlipError {
  return new SlipError('SLIP-RELEASE-MIGRATION-DRY-RUN', {
    found: `the dry run of migration ${version} failed: ${reason}`,
    expected: 'a migration whose dry run gives all that it does as SQL, so that it can be judged',
    fix: 'what was carried out before it stays and is recorded; fix the migration and repeat the command',
  });
}

function parsePlan(value: Record<string, unknown>): MigrationPlan | undefined {
  if (!Array.isArray(value.migrations)) return undefined;
  const migrations = value.migrations.map(parseMigration);
  if (!migrations.every((migration) => migration !== undefined)) return undefined;
  const { failed } = value;
  return {
    migrations,
    failed: isObject(failed) ? { version: String(failed.version), reason: String(failed.reason) } : undefined,
    waiting: Array.isArray(value.waiting) ? value.waiting.map(String) : [],
    isByCommand: value.by === 'command',
    lastFailure: typeof value.lastFailure === 'string' ? value.lastFailure : undefined,
  };
}

function parseMigration(value: unknown): MigrationSql | undefined {
  if (!isObject(value) || typeof value.version !== 'string' || !Array.isArray(value.statements)) return undefined;
  const statements: unknown[] = value.statements;
  return statements.every((sql) => typeof sql === 'string') ? { version: value.version, statements } : undefined;
}

function noDryRun(found: string): SlipError {
  return new SlipError('SLIP-RELEASE-MIGRATION-DRY-RUN', {
    found: `the migrations cannot be judged: ${found}`,
    expected: 'the SQL of every pending migration, by a dry run',
    fix: 'release the source tree again instead of an old package; see the logs of the slot otherwise',
  });
}
