import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CREDENTIALS } from '../../../lib/credentials.ts';
import { readConfig } from '../../config/read-config.ts';
import { appSettings, SIDECAR_ENVIRONMENT, STICKY_SETTINGS, siteContainer, slotSettings } from './app-settings.ts';

function settings(set: Readonly<Record<string, string>> = {}) {
  const values = Object.fromEntries(
    Object.entries({ stage: 'prod', 'sidecar.digest': 'none', ...set }).map(([key, value]) => [
      `slipway:${key}`,
      value,
    ]),
  );
  return appSettings({
    config: readConfig(values),
    vaultName: 'kv-x',
    databaseHost: 'db.example',
    databasePort: '3306',
    databaseName: 'slipway',
    databaseUser: 'slipway',
    redisHost: 'redis.example',
    redisPort: '10000',
    mediaEndpoint: 'https://stx.blob.core.windows.net/',
    mediaContainer: 'media',
    identityClientId: 'client',
    insightsConnectionString: 'InstrumentationKey=x',
  });
}

describe('the sidecar', () => {
  /** What its own source reads, by the functions it reads with; a number has a default. */
  const source = readFileSync(new URL('../../../../sidecar/src/settings.ts', import.meta.url), 'utf8');
  const read = (functions: string) =>
    [...source.matchAll(new RegExp(`\\b(?:${functions})\\(\\s*'([A-Z_]+)'`, 'g'))].map(([, name = '']) => name);
  /** The platform gives these to every container of an app with an identity. */
  const platform = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'];

  test('gets every setting that it cannot start without', () => {
    const needed = read('text|checked').filter((name) => !platform.includes(name));
    expect(needed.length).toBeGreaterThan(8);
    expect(needed.filter((name) => !SIDECAR_ENVIRONMENT.some((given) => given === name))).toEqual([]);
  });

  test('gets no setting that it does not read', () => {
    const reads = read('text|checked|number|optional');
    expect(SIDECAR_ENVIRONMENT.filter((name) => !reads.includes(name))).toEqual([]);
  });

  test('is given names of settings that the site has', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const names = Object.keys(slotSettings(settings({ 'sidecar.digest': digest }), 'staging'));
    const container = siteContainer({
      config: readConfig({ 'slipway:stage': 'prod', 'slipway:sidecar.digest': digest }),
      digest,
      loginServer: 'x',
      identityClientId: 'y',
    });
    expect(container.environmentVariables.filter(({ value }) => !names.includes(value))).toEqual([]);
  });
});

test('only the slot’s name is sticky, and both slots have it', () => {
  expect(Object.keys(STICKY_SETTINGS.production)).toEqual(['SLOT_NAME']);
  expect(slotSettings(settings(), 'production').SLOT_NAME).toBe('production');
  expect(slotSettings(settings(), 'staging').SLOT_NAME).toBe('staging');
});

test('secrets are references without a version, so that a rotated one arrives without a release', () => {
  const references = Object.entries(settings()).filter(([, value]) => String(value).startsWith('@Microsoft.KeyVault'));
  expect(references.map(([name]) => name).toSorted()).toEqual([
    'CACHE_API_TOKEN',
    'CACHE_API_TOKEN_NEXT',
    'DATABASE_PASSWORD',
    'DATABASE_URL',
    'REDIS_PASSWORD',
    'REDIS_TLS_URL',
    'REDIS_URL',
    'RELEASE_TOKEN',
    'RELEASE_TOKEN_NEXT',
  ]);
  for (const [, value] of references)
    expect(value).toMatch(/^@Microsoft\.KeyVault\(SecretUri=https:\/\/kv-x\.vault\.azure\.net\/secrets\/[a-z0-9-]+\)$/);
});

test('the mount’s path is a setting only where there is a mount', () => {
  expect(settings().MEDIA_MOUNT).toBe('/mounts/media');
  expect(settings({ 'media.mount': 'false' }).MEDIA_MOUNT).toBeUndefined();
});

test('php-fpm gets the children that fit the plan, or as many as config says', () => {
  expect(settings({ 'plan.sku': 'P1v3' }).FPM_MAX_CHILDREN).toBe('48');
  expect(settings({ 'plan.sku': 'P0v3' }).FPM_MAX_CHILDREN).toBe('24');
  // 1.75 GB less 768 MB, half for each slot, 64 MB a child.
  expect(settings({ 'plan.sku': 'S1', 'plan.zoneRedundant': 'false' }).FPM_MAX_CHILDREN).toBe('8');
  expect(settings({ 'web.fpmChildren': '7' }).FPM_MAX_CHILDREN).toBe('7');
});

test('behind Front Door the visitor is the address that Front Door saw, else the one in X-Forwarded-For', () => {
  expect(settings().CLIENT_ADDRESS_HEADER).toBe('X-Azure-SocketIP');
  expect(settings({ 'edge.enabled': 'false' }).CLIENT_ADDRESS_HEADER).toBeUndefined();
  expect(settings({ 'web.trustedProxies': '["203.0.113.0/24"]' }).TRUSTED_PROXIES).toMatch(/,203\.0\.113\.0\/24$/);
});

test('alerts and workbook look at metrics that the sidecar reports', async () => {
  const status = readFileSync(new URL('../../../../sidecar/src/metrics.ts', import.meta.url), 'utf8');
  const reported = [...status.matchAll(/slipway_[a-z_]+|gauge\(\s*'([a-z_]+)'/g)].map(([whole, name]) =>
    name === undefined ? whole : `slipway_${name}`,
  );
  const { SIDECAR_RULES } = await import('../alerts/log-rules.ts');
  const { workbookContent } = await import('../observe/workbook.ts');
  const looked = [
    ...SIDECAR_RULES.map(({ query }) => query),
    workbookContent('x', { workspaceId: 'w', insightsId: 'i', runbooks: '' }),
  ].flatMap((text) => text.match(/slipway_[a-z_]+/g) ?? []);
  expect(new Set(looked).size).toBeGreaterThan(3);
  expect(looked.filter((name) => !reported.includes(name))).toEqual([]);
});

test('the credentials are those of the rotation', () => {
  const of = (rotation: string) => {
    const all = settings({ 'secrets.rotation': rotation });
    return CREDENTIALS.map((name) => String(all[name]).replace(/^.*\/secrets\//, ''));
  };
  expect(of('1')).toEqual([
    'slipway',
    'database-password-a)',
    'database-url-a)',
    'cache-api-token-1)',
    'cache-api-token-2)',
    'release-token-1)',
    'release-token-2)',
    '1',
  ]);
  expect(of('2').slice(1, 5)).toEqual([
    'database-password-b)',
    'database-url-b)',
    'cache-api-token-2)',
    'cache-api-token-0)',
  ]);
});
