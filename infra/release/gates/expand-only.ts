import { SlipError } from '../../lib/errors.ts';
import { judgeMigrations, type MigrationSql } from '../judge/judge-migrations.ts';
import type { Gate } from './gate.ts';
import { splitMigration } from './one-schema-change.ts';

/** The SQL of expand migrations, by their dry run, leaves the version that is live working. */
export const expandOnly: Gate<{ readonly migrations: readonly MigrationSql[]; readonly isByCommand?: boolean }> = {
  name: 'expand-only',
  async check({ migrations, isByCommand = false }) {
    const [refused] = await judgeMigrations('expand', migrations, { isPrinted: isByCommand });
    if (refused === undefined) return undefined;
    if (refused.rule === 'one-change') throw splitMigration(refused);
    const { version, position, reason, statement } = refused;
    throw new SlipError('SLIP-RELEASE-EXPAND-DESTROYS', {
      found: `migration ${version} ${isByCommand ? 'is to run while the old version is live' : 'is marked #[Expand]'}, but its statement ${position} is refused, since ${reason}: ${statement}`,
      expected:
        'new tables, new plain indexes, new columns that are nullable or have a default, writes to tables that the migration made',
      fix: isByCommand
        ? 'split it: add now; take away or tighten in a migration that migrate.contract of slipway.yaml names, which ./slipway migrate carries out when no version needs the old schema (docs/reference/migrations.md)'
        : 'split it: add now as #[Expand], take away or tighten later as #[Contract], when no version needs the old schema (docs/reference/migrations.md)',
    });
  },
};
