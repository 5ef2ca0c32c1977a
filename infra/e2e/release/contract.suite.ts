import { describe, expect, test } from '@jest/globals';
import type { ReleaseBed } from './bed.ts';
import type { Edit } from './package-variant.ts';

const migration = '20990101000000';
const knowing: Readonly<Record<string, Edit>> = {
  [`migrations/Version${migration}.php`]: () => `<?php
namespace DoctrineMigrations;
use App\\Database\\Contract;
use Doctrine\\DBAL\\Schema\\Schema;
use Doctrine\\Migrations\\AbstractMigration;
#[Contract]
final class Version${migration} extends AbstractMigration
{
    public function up(Schema $schema): void { $this->addSql('DROP TABLE IF EXISTS nothing_needs_this'); }
}
`,
  'version.json': (text) => JSON.stringify({ ...JSON.parse(text), schemaMax: migration }),
};

/** Leaves a schema behind that earlier versions do not know: comes last. */
export function describeContract(bed: () => ReleaseBed): void {
  describe('a contract migration', () => {
    test('waits through two releases that know it, and is carried out once', async () => {
      for (const refused of [true, false]) {
        const { file, version } = await bed().variant(knowing);
        await bed().done('release', '--package', file);
        expect((await bed().live()).schema < migration).toBe(true);
        if (refused) expect(await bed().refusal('migrate')).toBe('SLIP-RELEASE-CONTRACT-EARLY');
        else expect(await bed().done('migrate')).toMatchObject({ executed: [migration] });
        expect((await bed().live()).version).toBe(version);
      }
      expect((await bed().live()).schema).toBe(migration);
      const [last] = await bed().history();
      expect(last).toMatchObject({ kind: 'migrate', outcome: 'migrated' });
    });
  });
}
