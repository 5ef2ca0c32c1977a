import { expect, test } from '@jest/globals';
import { sql } from '../../testbed/database.ts';
import { migrationEdits } from '../../testbed/migration-edits.ts';
import type { ReleaseBed } from '../../testbed/release-bed.ts';

const MIGRATION = '20990101000000';
const EXPANDING = '20980101000000';
/** Makes a version that brings an expand migration and knows a contract migration. */
export const knowing = migrationEdits(
  {
    version: EXPANDING,
    kind: 'Expand',
    up: `
      $table = $schema->createTable('added');
      $table->addColumn('name', 'string', ['length' => 9]);
      $table->addUniqueIndex(['name']);`,
  },
  { version: MIGRATION, kind: 'Contract', up: "$this->addSql('DROP TABLE nothing_needs_this');" },
);

export function describeEarlyContract(bed: () => ReleaseBed): void {
  test('a contract migration waits until the version that a rollback returns to knows it too', async () => {
    expect(await bed().live()).toMatchObject({ schemaMax: MIGRATION });
    expect(await bed().refusal('migrate')).toBe('SLIP-RELEASE-CONTRACT-EARLY');
    expect((await bed().live()).schema).toBe(EXPANDING);
  });

  test('the table of an expand migration has its unique index', async () => {
    expect(await sql(bed().connection, 'SHOW CREATE TABLE added')).toMatch(/UNIQUE KEY/);
  });
}

/** Leaves a schema behind that earlier versions do not know: comes last. Both versions that could serve know it by now. */
export function describeContract(bed: () => ReleaseBed): void {
  test('a contract migration that fails is recorded, and carried out when it can be', async () => {
    expect(await bed().refusal('migrate')).toBe('SLIP-RELEASE-MIGRATION-FAILED');
    expect((await bed().history())[0]).toMatchObject({ kind: 'migrate', outcome: 'failed' });
    await sql(bed().connection, 'CREATE TABLE nothing_needs_this (id INT)');
    expect(await bed().done('migrate')).toMatchObject({ executed: [MIGRATION] });
    expect((await bed().live()).schema).toBe(MIGRATION);
    expect((await bed().history())[0]).toMatchObject({ kind: 'migrate', outcome: 'migrated' });
  });
}
