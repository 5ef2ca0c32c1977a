import { SlipError } from '../../lib/errors.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import { expandOnly } from '../gates/expand-only.ts';
import { oneSchemaChange } from '../gates/one-schema-change.ts';
import type { DatabaseAdministrator } from '../target/target.ts';
import { migrate } from './migrate.ts';
import { dryRunFailed, planHash, readMigrationPlan } from './migration-plan.ts';
import type { Steps } from './steps.ts';

export interface MigrationsRun {
  readonly slot: WebSlot;
  readonly token: string;
  readonly kind: 'expand' | 'contract';
  /** Sees who holds a lock that a migration waits for. */
  readonly administrator: DatabaseAdministrator;
  readonly steps: Steps;
  /** Throws when another command may hold the lock by now; asked before every run. */
  readonly assertLockHeld: () => void;
}

export interface MigrationsResult {
  readonly executed: readonly string[];
  /** Pending migrations of the other kind. */
  readonly waiting: readonly string[];
}

/**
 * Plans, judges and runs the pending migrations of a kind until none is left. One round is enough, unless a migration
 * reads what one before it makes: it can be planned only when that one has run.
 */
export async function runMigrations(run: MigrationsRun): Promise<MigrationsResult> {
  const { slot, token, kind, steps, administrator } = run;
  const executed: string[] = [];
  while (true) {
    const { migrations, failed, waiting, isByCommand, lastFailure } = await readMigrationPlan(slot, token, kind);
    if (lastFailure !== undefined && migrations.length > 0 && executed.length === 0)
      steps.notice(`the last run of migrations failed: ${lastFailure}`);
    if (migrations.length === 0) {
      if (failed !== undefined) throw dryRunFailed(failed);
      return { executed, waiting };
    }
    const repeated = migrations.find(({ version }) => executed.includes(version));
    if (repeated !== undefined) throw neverRecorded(repeated.version);
    if (kind === 'expand') await steps.pass([expandOnly], { migrations, isByCommand });
    // A command's contract migrations are named in the manifest, one by one: they may do anything, in any number of statements.
    else if (!isByCommand) await steps.pass([oneSchemaChange], { migrations });
    steps.assertNotInterrupted();
    run.assertLockHeld();
    const result = await migrate(
      slot,
      token,
      { kind, judged: planHash(migrations), administrator: loginOf(administrator) },
      steps,
    );
    if (result.executed.length === 0) throw neverRecorded(migrations[0]?.version ?? '');
    executed.push(...result.executed);
  }
}

function neverRecorded(version: string): SlipError {
  return new SlipError('SLIP-RELEASE-MIGRATION-FAILED', {
    found: `migration ${version} ran and is still pending`,
    expected: 'a migration that is recorded as executed when it has run',
    fix: 'does it skip itself (skipIf)? Then fix it; or is somebody else running migrations? Then repeat the command',
  });
}

/** A target may know more of it, which is nobody's business in the slot. */
function loginOf({ user, password }: DatabaseAdministrator): DatabaseAdministrator {
  return { user, password };
}
