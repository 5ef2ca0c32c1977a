import { expect, test } from '@jest/globals';
import { expandOnly } from './expand-only.ts';
import { oneSchemaChange } from './one-schema-change.ts';

const migration = (...statements: string[]) => ({ version: '20260101000000', statements });

test('an expand migration that adds passes', async () => {
  const migrations = [migration('CREATE TABLE b (id INT)'), migration('ALTER TABLE images ADD a INT NULL')];
  expect(await expandOnly.check({ migrations })).toBeUndefined();
});

test('one that takes away or tightens is refused, with the migration, the statement and the reason', async () => {
  const migrations = [migration('CREATE TABLE b (id INT)'), migration('ALTER TABLE images ADD price INT NOT NULL')];
  await expect(expandOnly.check({ migrations })).rejects.toMatchObject({
    code: 'SLIP-RELEASE-EXPAND-DESTROYS',
    detail: {
      found: expect.stringMatching(
        /^migration 20260101000000 .* statement 1 is refused, since column price is NOT NULL .*: ALTER TABLE images ADD price INT NOT NULL$/,
      ),
    },
  });
});

test.each([
  ['an expand', expandOnly, ['CREATE TABLE a (id INT)', 'CREATE TABLE b (id INT)']],
  ['a contract', oneSchemaChange, ['DROP TABLE a', 'DROP TABLE b']],
])('%s migration that changes the schema twice is to be split', async (_, gate, statements) => {
  await expect(gate.check({ migrations: [migration(...statements)] })).rejects.toMatchObject({
    code: 'SLIP-RELEASE-MIGRATION-SPLIT',
    detail: { found: expect.stringContaining('statement 2 of migration 20260101000000') },
  });
});

test('a contract migration may take away', async () => {
  expect(await oneSchemaChange.check({ migrations: [migration('DROP TABLE a')] })).toBeUndefined();
});
