import { describe, expect, test } from '@jest/globals';
import { OpenTransaction, sql } from '../../testbed/database.ts';
import { eventually } from '../../testbed/eventually.ts';
import { migrationEdits } from '../../testbed/migration-edits.ts';
import { finished } from '../../testbed/region.ts';
import { type ReleaseBed, reaches } from '../../testbed/release-bed.ts';

const waiting = migrationEdits({
  version: '20970101000000',
  kind: 'Expand',
  up: "$this->addSql('ALTER TABLE images ADD COLUMN note VARCHAR(9) NULL');",
});

/** A migration meets a transaction that somebody left open. */
export function describeLockedMigrations(bed: () => ReleaseBed): void {
  describe('a migration of a table that an open transaction holds', () => {
    const altering = async (): Promise<boolean> =>
      (await sql(bed().connection, 'SHOW FULL PROCESSLIST')).includes('ALTER TABLE images');

    test('is refused after a few tries with the connection that holds it, and the listing answers again', async () => {
      const { file } = await bed().variant(waiting);
      const transaction = await OpenTransaction.reading(bed().connection, 'images');
      try {
        const { code, stdout } = await bed().run('release', '--package', file);
        expect([code, stdout]).toEqual([1, expect.stringContaining('SLIP-RELEASE-MIGRATION-LOCKED')]);
        expect(stdout).toContain(`connection ${transaction.id} (`);
        expect((await fetch(`${bed().connection.production}/api/images`)).status).toBe(200);
      } finally {
        await transaction.end();
      }
    });

    test.each([
      { signal: 'SIGINT', exitCode: 130 },
      { signal: 'SIGTERM', exitCode: 143 },
    ] as const)('ends with its statement at $signal, before it is given up', async ({ signal, exitCode }) => {
      const { file, version } = await bed().variant(waiting);
      const transaction = await OpenTransaction.reading(bed().connection, 'images');
      try {
        const child = bed().region.spawn('release', '--package', file, '--p95', '10000', '--watch', '0', '--json');
        const ended = finished(child);
        await reaches(child, 'migrate');
        await eventually('the statement waits for its lock', altering);
        child.kill(signal);
        const { code, stdout } = await ended;
        expect([code, stdout]).toEqual([exitCode, expect.stringContaining('the migration was ended')]);
        expect(await altering()).toBe(false);
        const last = (await bed().history()).find((entry) => entry.version === version);
        expect(last).toMatchObject({ outcome: 'refused', error: { code: 'SLIP-RELEASE-INTERRUPTED' } });
      } finally {
        await transaction.end();
      }
    });
  });
}
