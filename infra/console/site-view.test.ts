import { expect, test } from '@jest/globals';
import { HIDDEN } from './redaction.ts';
import { settingRows } from './site-view.ts';

test('settings that differ come first, and say whether they stay with their slot', () => {
  const rows = settingRows({ A: '1', B: 'x', SLOT: 'p' }, { A: '1', B: 'y', SLOT: 's', ONLY: 'here' }, ['SLOT']);
  expect(rows.map(({ name, differs, sticky }) => [name, differs, sticky])).toEqual([
    ['B', true, false],
    ['ONLY', true, false],
    ['SLOT', true, true],
    ['A', false, false],
  ]);
  expect(rows[1]).toMatchObject({ production: null, staging: 'here' });
});

test('a value that its name calls a secret is hidden, and a reference is shown as what it refers to', () => {
  const reference = '@Microsoft.KeyVault(SecretUri=https://kv-x.vault.azure.net/secrets/redis-key)';
  const rows = settingRows(
    { API_TOKEN: 'abc', REDIS_PASSWORD: reference, HOST: '{{urn:pulumi:dev::a::b::mysql.name}}' },
    {},
    [],
  );
  expect(Object.fromEntries(rows.map(({ name, production }) => [name, production]))).toEqual({
    API_TOKEN: HIDDEN,
    REDIS_PASSWORD: 'Key Vault: redis-key',
    HOST: '→ mysql.name',
  });
});
