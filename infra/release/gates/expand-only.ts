import { SlipError } from '../../lib/errors.ts';
import { judgeMigrations, type MigrationSql } from '../judge/judge-migrations.ts';
import type { Gate } from './gate.ts';
import { splitMigration } from './one-schema-change.ts';

/** The SQL of expand migrations, by their dry run, leaves the version that is live working. */
export const expandOnly: Gate<{ readonly migrations: readonly MigrationSql[] }> = {
  name: 'expand-only',
  async check({ migrations }) {
    const [refused] = await judgeMigrations('expand', migrations);
    if (refused === undefined) return undefined;
    if (refused.rule === 'one-change') throw splitMigration(refused);
    const { version, position, reason, statement } = refused;
    throw new SlipError('SLIP-RELEASE-EXPAND-DESTROYS', {
      found: `migration ${version} is marked #[Expand], but its statement ${position} is refused, since ${reason}: ${statement}`,
      expected:
        'new tables, new plain indexes, new columns that are nullable or have a default, writes to tables that the migration made',
      fix: 'split it: add now as #[Expand], take away or tighten later as #[Contract], when no version needs the old schema (docs/reference/migrations.md)',
    });
  },
};
