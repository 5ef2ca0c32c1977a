import { describe, expect, test } from '@jest/globals';
import { resolveSettings, siteContainerEnvironment } from './environment.ts';

const paths = {
  home: '/state/workers/a/home',
  caBundle: '/state+x/tls/ca.pem',
  mounts: new Map([['/mounts/media', '/state/mounts/media']]),
};
const URN = 'urn:pulumi:dev::slipway::azure-native:storage:StorageAccount::media';
const resolver = {
  placeholder: ({ path }: { path: string }) =>
    path === 'primaryEndpoints.blob' ? 'https://127.0.0.1:1/st/' : undefined,
  secret: (vault: string, name: string) =>
    vault === 'kv'
      ? ({ db: 'p{{w}}', url: 'mysql://db/x?ca=/etc/ssl/certs/ca-certificates.crt' } as Record<string, string>)[name]
      : undefined,
};
const resolved = (value: string) => resolveSettings({ IT: value }, resolver, paths).IT;

describe('an app setting reaches the container', () => {
  test('with what exists only after creation filled in', () => {
    expect(resolved(`{{${URN}.primaryEndpoints.blob}}`)).toBe('https://127.0.0.1:1/st/');
  });

  test('as its placeholder when the region has no counterpart', () => {
    expect(resolved(`{{${URN}.unheard.of}}`)).toBe(`{{${URN}.unheard.of}}`);
  });

  test('with the secret in place of a Key Vault reference, in both notations', () => {
    expect(resolved('@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/db)')).toBe('p{{w}}');
    expect(resolved('@Microsoft.KeyVault(VaultName=kv;SecretName=db)')).toBe('p{{w}}');
  });

  test('with the region’s authorities in a URL that names the image’s', () => {
    const reference = '@Microsoft.KeyVault(VaultName=kv;SecretName=url)';
    expect(resolved(reference)).toBe('mysql://db/x?ca=/state%2Bx/tls/ca.pem');
  });

  test('as the literal reference when the secret cannot be had', () => {
    const literal = '@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/nobody)';
    expect(resolved(literal)).toBe(literal);
  });

  test('with paths of the container mapped, only where they lead and only whole segments', () => {
    expect(resolved('/home/media')).toBe('/state/workers/a/home/media');
    expect(resolved('/mounts/media')).toBe('/state/mounts/media');
    expect(resolved('/homework')).toBe('/homework');
    expect(resolved('x /home/media')).toBe('x /home/media');
    expect(resolved('/etc/ssl/certs/ca-certificates.crt')).toBe('/state+x/tls/ca.pem');
  });
});

describe("a site container's environment", () => {
  const container = {
    name: 'sidecar',
    image: 'it',
    isMain: false,
    environmentVariables: [
      { name: 'TOKEN', value: 'RELEASE_TOKEN' },
      { name: 'GONE', value: 'NO_SUCH_SETTING' },
    ],
  };
  const settings = { RELEASE_TOKEN: 't', DATABASE_PASSWORD: 'p' };

  test('takes values as names of settings, and an unknown name becomes an empty string', () => {
    const environment = siteContainerEnvironment(
      { ...container, inheritAppSettingsAndConnectionStrings: false },
      settings,
    );
    expect(environment).toEqual({ TOKEN: 't', GONE: '' });
  });

  test('has every setting unless inheritance is off', () => {
    expect(siteContainerEnvironment(container, settings)).toMatchObject({ DATABASE_PASSWORD: 'p' });
  });
});
