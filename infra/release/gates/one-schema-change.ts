import { SlipError } from '../../lib/errors.ts';
import { judgeMigrations, type MigrationSql, type RefusedStatement } from '../judge/judge-migrations.ts';
import type { Gate } from './gate.ts';

/** A contract migration may do anything once, but not leave a half behind when it fails. */
export const oneSchemaChange: Gate<{ readonly migrations: readonly MigrationSql[] }> = {
  name: 'one-schema-change',
  async check({ migrations }) {
    const [refused] = await judgeMigrations('contract', migrations);
    if (refused === undefined) return undefined;
    throw splitMigration(refused);
  },
};

export function splitMigration({ version, position, reason, statement }: RefusedStatement): SlipError {
  return new SlipError('SLIP-RELEASE-MIGRATION-SPLIT', {
    found: `statement ${position} of migration ${version} is refused, since ${reason}: ${statement}`,
    expected: 'one change of the schema for each migration, one statement for each call',
    fix: 'make a migration of each (docs/reference/migrations.md)',
  });
}
