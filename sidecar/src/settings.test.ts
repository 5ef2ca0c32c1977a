import { describe, expect, test } from '@jest/globals';
import { readSettings, SettingsError, unresolvedReferences } from './settings.ts';

const GOOD: Readonly<Record<string, string>> = {
  SLOT_NAME: 'production',
  MEDIA_ROOT: '/home/media',
  MEDIA_BLOB_ENDPOINT: 'https://account.blob.core.windows.net/',
  MEDIA_CONTAINER: 'media',
  AZURE_CLIENT_ID: 'client',
  IDENTITY_ENDPOINT: 'http://169.254.129.2:8081/msi/token',
  IDENTITY_HEADER: 'header',
  REDIS_HOST: 'cache.example.net',
  REDIS_PASSWORD: 'secret',
  TLS_CA_FILE: '/etc/ssl/certs/ca-certificates.crt',
  RELEASE_TOKEN: 'token',
  APP_INTERNAL_URL: 'http://127.0.0.1:8080',
  APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=1;IngestionEndpoint=https://x/',
};

const noProblem = (): undefined => undefined;

function problemsOf(
  env: Record<string, string | undefined>,
  caFileProblem: (path: string) => string | undefined = noProblem,
): string[] {
  try {
    readSettings({ ...GOOD, ...env }, 'host', caFileProblem);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map((problem) => problem.message);
  }
}

describe('settings', () => {
  test('have the defaults of the reference', () => {
    expect(readSettings(GOOD, 'host', noProblem)).toMatchObject({
      port: 8181,
      scanMs: 200,
      retentionMs: 86_400_000,
      drainTimeoutMs: 60_000,
      uploads: 16,
      maxWaiters: 8,
      redis: { host: 'cache.example.net', port: 10_000 },
      instance: 'host',
    });
  });

  test.each(Object.keys(GOOD))('name %s when it is missing, and when it is empty', (name) => {
    expect(problemsOf({ [name]: undefined })).toEqual([`SLIP-SIDECAR-SETTING: ${name} is missing`]);
    expect(problemsOf({ [name]: '' })).toEqual([`SLIP-SIDECAR-SETTING: ${name} is empty`]);
  });

  test('take an empty value for a mistake also where there is a default', () => {
    for (const name of ['SIDECAR_PORT', 'REDIS_PORT', 'MEDIA_SCAN_MS', 'MEDIA_RETENTION_HOURS', 'FPM_MAX_CHILDREN']) {
      expect(problemsOf({ [name]: '' })).toEqual([`SLIP-SIDECAR-SETTING: ${name} is empty`]);
    }
  });

  test('name the CA bundle when it cannot serve as one', () => {
    expect(problemsOf({}, (path) => `is not ${path}`)).toEqual([
      'SLIP-SIDECAR-SETTING: TLS_CA_FILE is "/etc/ssl/certs/ca-certificates.crt", which is not /etc/ssl/certs/ca-certificates.crt',
    ]);
  });

  test('report everything that is wrong at once', () => {
    expect(problemsOf({ SLOT_NAME: '', MEDIA_SCAN_MS: 'often', SIDECAR_PORT: '70000' })).toHaveLength(3);
  });

  test.each([
    ['MEDIA_BLOB_ENDPOINT', 'http://account.blob.core.windows.net/'],
    ['MEDIA_CONTAINER', 'Media!'],
    ['MEDIA_ROOT', 'home/media'],
    ['REDIS_HOST', 'rediss://cache:10000'],
    ['REDIS_HOST', 'cache:10000'],
    ['REDIS_PORT', '65536'],
    ['APP_INTERNAL_URL', 'http://example.net/'],
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'nonsense'],
    ['MEDIA_RETENTION_HOURS', '-1'],
    ['MEDIA_UPLOADS', '1.5'],
  ])('refuse %s=%s', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
  });

  test('let half of the php-fpm children wait', () => {
    expect(readSettings({ ...GOOD, FPM_MAX_CHILDREN: '25' }, 'host', noProblem).maxWaiters).toBe(12);
    expect(readSettings({ ...GOOD, FPM_MAX_CHILDREN: '1' }, 'host', noProblem).maxWaiters).toBe(1);
  });

  test('name Key Vault references that App Service did not resolve', () => {
    const reference = '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/redis-key)';
    expect(unresolvedReferences({ ...GOOD, REDIS_PASSWORD: reference })).toEqual(['REDIS_PASSWORD']);
  });
});
