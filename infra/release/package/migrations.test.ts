import { expect, test } from '@jest/globals';
import { readMigrations, schemaRange } from './migrations.ts';

const file = (version: string, code: string) => ({
  path: `migrations/Version${version}.php`,
  content: Buffer.from(`<?php\n${code}\nfinal class Version${version} {}\n`),
  executable: false,
});

const kindOf = async (code: string) => (await readMigrations({ files: [file('20260101000000', code)] }))[0]?.kind;

test.each([
  ['#[Expand]', 'expand'],
  ['#[Contract]', 'contract'],
  ['#[\\App\\Database\\Expand]', 'expand'],
  ['#[Other(1, [2]), Contract]', 'contract'],
  ['// #[Contract]\n#[Expand]\n/* #[Contract] */', 'expand'],
])('%s says that a migration is of kind %s', async (code, kind) => {
  expect(await kindOf(code)).toBe(kind);
});

test.each(['', '#[Other]', '#[Expand]\n#[Contract]', '// #[Expand]'])('%p says no kind, or two', async (code) => {
  await expect(kindOf(code)).rejects.toMatchObject({ code: 'SLIP-RELEASE-MIGRATION-KIND' });
});

test('what is not PHP is refused with its place', async () => {
  await expect(kindOf('#[Expand')).rejects.toMatchObject({
    code: 'SLIP-RELEASE-MIGRATION-SYNTAX',
    detail: { found: expect.stringMatching(/Version20260101000000\.php does not parse: .* on line \d/) },
  });
});

test('any number of them is read, in their order, for the range of the schema', async () => {
  const versions = Array.from({ length: 1_000 }, (_, index) => String(20_260_101_000_000 + index));
  const files = versions.map((version, index) => file(version, index === 999 ? '#[Contract]' : '#[Expand]'));
  const migrations = await readMigrations({ files: files.toReversed() });
  expect(migrations.map(({ version }) => version)).toEqual(versions);
  expect(schemaRange(migrations)).toEqual({ schemaMin: versions[998], schemaMax: versions[999] });
});
