import { expect, test } from '@jest/globals';
import { mergedSettings } from './merged-settings.ts';

const wanted = {
  A: '1',
  RELEASE_TOKEN: '@Microsoft.KeyVault(SecretUri=https://kv-x.vault.azure.net/secrets/release-token)',
};

test('the application’s settings join the program’s, its secrets as references to the same vault', () => {
  expect(mergedSettings(wanted, { kind: 'php', env: { LOG: 'stderr' }, secrets: ['APP_KEY'] })).toEqual({
    ...wanted,
    LOG: 'stderr',
    APP_KEY: '@Microsoft.KeyVault(SecretUri=https://kv-x.vault.azure.net/secrets/app-APP-KEY)',
  });
});

test.each([
  { env: { A: '2' }, secrets: [] },
  { env: {}, secrets: ['RELEASE_TOKEN'] },
])('a name of the program’s is refused', (application) => {
  expect(() => mergedSettings(wanted, { kind: 'php', ...application })).toThrow(
    expect.objectContaining({ code: 'SLIP-APP-SETTING' }),
  );
});

test('the data services have the names of the framework too, which the application may set otherwise', () => {
  const services = {
    ...wanted,
    DATABASE_HOST: 'db',
    DATABASE_PORT: '3306',
    DATABASE_PASSWORD: '@Microsoft.KeyVault(SecretUri=https://kv-x.vault.azure.net/secrets/database-password)',
    REDIS_URL: 'rediss://cache:10000/0',
    REDIS_TLS_URL: 'tls://cache:10000/0',
    TLS_CA_FILE: '/ca.crt',
  };
  const laravel = { kind: 'laravel' as const, env: { DB_CONNECTION: 'mariadb' }, secrets: [] };
  expect(mergedSettings(services, laravel)).toMatchObject({
    DB_CONNECTION: 'mariadb',
    DB_HOST: 'db',
    DB_PORT: '3306',
    DB_PASSWORD: services.DATABASE_PASSWORD,
    MYSQL_ATTR_SSL_CA: '/ca.crt',
    REDIS_URL: 'tls://cache:10000/0',
    REDIS_DB: '0',
    REDIS_CACHE_DB: '0',
  });
  expect(mergedSettings(services, { ...laravel, kind: 'wordpress', env: {} })).toMatchObject({ DB_HOST: 'db:3306' });
  expect(mergedSettings(services, { ...laravel, kind: 'symfony', env: {} })).toEqual(services);
});
