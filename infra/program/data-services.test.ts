import { expect, test } from '@jest/globals';
import { evaluate } from '../evaluate/evaluate.ts';
import { ofKind, textAt } from '../evaluate/inputs.ts';
import { resolvePlaceholders } from '../evaluate/placeholders.ts';

/** Settings of the data services and the vault's secrets, as they are once Azure has answered. */
async function servicesOf(kind: 'managed' | 'classic') {
  const evaluation = await evaluate({ stage: 'dev', mode: 'update', config: { 'cache.kind': kind } });
  const created = (text: string) => resolvePlaceholders(text, ({ path }) => ANSWERS[path] ?? 'a-password');
  const { settings } = evaluation.outputs.wanted as { settings: Record<string, string> };
  const secrets = ofKind(evaluation, 'keyvault:Secret');
  return {
    settings: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, created(value)])),
    secrets: Object.fromEntries(
      secrets.map((secret) => [textAt(secret, 'secretName'), created(textAt(secret, 'properties.value'))]),
    ),
    isPlain: secrets.some(({ secretPaths }) => !secretPaths.includes('properties.value')),
  };
}

const ANSWERS: Readonly<Record<string, string>> = {
  fullyQualifiedDomainName: 'db.example',
  databasePort: '3306',
  hostName: 'cache.example',
  port: '10000',
  sslPort: '6380',
  'listKeys.primaryKey': 'a-key',
};

test('hosts and ports are apart, and the URLs, which hold passwords, are secrets of the vault', async () => {
  const { settings, secrets, isPlain } = await servicesOf('managed');
  expect(settings).toMatchObject({
    DATABASE_HOST: 'db.example',
    DATABASE_PORT: '3306',
    REDIS_HOST: 'cache.example',
    REDIS_PORT: '10000',
  });
  expect(settings.DATABASE_URL).toMatch(/^@Microsoft\.KeyVault\(SecretUri=.*\/secrets\/database-url-a\)$/);
  expect(settings.REDIS_URL).toMatch(/\/secrets\/redis-url\)$/);
  expect(settings.REDIS_TLS_URL).toMatch(/\/secrets\/redis-url-tls\)$/);
  expect(secrets).toMatchObject({
    'database-url-a':
      'mysql://slipway_a:a-password@db.example:3306/slipway?charset=utf8mb4&driverOptions[1009]=/etc/ssl/certs/ca-certificates.crt',
    'redis-url': 'rediss://default:a-key@cache.example:10000/0',
    'redis-url-tls': 'tls://default:a-key@cache.example:10000/0',
  });
  expect(isPlain).toBe(false);
});

test('Azure Cache for Redis has its TLS port', async () => {
  const { settings, secrets } = await servicesOf('classic');
  expect(settings).toMatchObject({ REDIS_HOST: 'cache.example', REDIS_PORT: '6380' });
  expect(secrets['redis-url']).toBe('rediss://default:a-key@cache.example:6380/0');
});
