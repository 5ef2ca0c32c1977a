import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import type { Connection } from '../../lib/connection.ts';
import type { Edit } from '../../testbed/package-variant.ts';
import type { ReleaseBed } from '../../testbed/release-bed.ts';

const migration = '20990101000000';
/** Makes a version that knows a contract migration. */
export const knowing: Readonly<Record<string, Edit>> = {
  [`migrations/Version${migration}.php`]: () => `<?php
namespace DoctrineMigrations;
use App\\Database\\Contract;
use Doctrine\\DBAL\\Schema\\Schema;
use Doctrine\\Migrations\\AbstractMigration;
#[Contract]
final class Version${migration} extends AbstractMigration
{
    public function up(Schema $schema): void { $this->addSql('DROP TABLE nothing_needs_this'); }
}
`,
  'vendor/composer/autoload_static.php': (php) =>
    php.replace(
      /.*migrations.Version(\d+)\.php.*\n/,
      (line, known: string) => line + line.replaceAll(known, migration),
    ),
  'version.json': (text) => JSON.stringify({ ...JSON.parse(text), schemaMax: migration }),
};

export function describeEarlyContract(bed: () => ReleaseBed): void {
  test('a contract migration waits until the version that a rollback returns to knows it too', async () => {
    expect(await bed().live()).toMatchObject({ schemaMax: migration });
    expect(await bed().refusal('migrate')).toBe('SLIP-RELEASE-CONTRACT-EARLY');
    expect((await bed().live()).schema < migration).toBe(true);
  });
}

/** Leaves a schema behind that earlier versions do not know: comes last. Both versions that could serve know it by now. */
export function describeContract(bed: () => ReleaseBed): void {
  test('a contract migration that fails is recorded, and carried out when it can be', async () => {
    expect(await bed().refusal('migrate')).toBe('SLIP-RELEASE-MIGRATION-FAILED');
    expect((await bed().history())[0]).toMatchObject({ kind: 'migrate', outcome: 'failed' });
    await sql(bed().connection, 'CREATE TABLE nothing_needs_this (id INT)');
    expect(await bed().done('migrate')).toMatchObject({ executed: [migration] });
    expect((await bed().live()).schema).toBe(migration);
    expect((await bed().history())[0]).toMatchObject({ kind: 'migrate', outcome: 'migrated' });
  });
}

async function sql({ mysql: { socket, database, user, password } }: Connection, statement: string): Promise<void> {
  const args = [
    '--no-defaults',
    `--socket=${socket}`,
    `--user=${user}`,
    `--database=${database}`,
    `--execute=${statement}`,
  ];
  await promisify(execFile)('mariadb', args, { env: { ...process.env, MYSQL_PWD: password } });
}
