import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { siteContainerEnvironment } from '../worker/environment.ts';
import { definition, type SiteFixture, siteFixture, swapped } from './site.fixture.ts';

let it: SiteFixture;

afterEach(async () => it.remove());

test('3: /home and content move with the slot; identity, properties and host names do not', async () => {
  const { production, staging } = definition().slots;
  it = await siteFixture({
    definition: definition({
      slots: {
        production: { ...production, identity: 'p', properties: { httpsOnly: true } },
        staging: { ...staging, identity: 's' },
      },
    }),
  });
  await mkdir(join(it.b.home, 'site', 'wwwroot'), { recursive: true });
  await writeFile(join(it.b.home, 'site', 'wwwroot', 'index.txt'), 'new');
  await swapped(it.site);
  const serving = it.site.state.slots.production.worker === 'b' ? it.b : it.a;
  expect((await serving.ping('/')).body).toBe('new');
  expect(it.site.state.seen.slots.production).toMatchObject({ identity: 'p', properties: { httpsOnly: true } });
  expect(it.site.state.seen.slots.staging.identity).toBe('s');
});

test('4: a changed app setting restarts the app without a warm-up; the same settings again do not', async () => {
  it = await siteFixture();
  it.journal.length = 0;
  await it.site.replaceSettings('production', { SLOT_NAME: 'production', A: '1' });
  await it.site.settled();
  expect(it.journal).toEqual(['stop a', 'start a production']);
  await it.site.replaceSettings('production', { A: '1', SLOT_NAME: 'production' });
  await it.site.settled();
  expect(it.journal).toHaveLength(2);
});

test('4: changes that arrive during a restart make one more, however many they are', async () => {
  it = await siteFixture();
  let release = (): void => undefined;
  it.a.onStart = () =>
    new Promise((resolve) => {
      release = resolve;
    });
  const { starts } = it.a;
  for (let n = 0; n < 20; n++) await it.site.replaceSettings('production', { N: String(n) });
  it.a.onStart = () => undefined;
  release();
  await it.site.settled();
  expect(it.a.spec?.settings.N).toBe('19');
  expect(it.a.starts).toBe(starts + 2);
});

test('4: each change of the web configuration restarts the app, the health check path too', async () => {
  it = await siteFixture();
  await it.site.changeWebConfig('staging', { healthCheckPath: '/_slipway/live' });
  await it.site.settled();
  expect(it.b.starts).toBe(2);
  await it.site.changeWebConfig('staging', { healthCheckPath: '/_slipway/live' });
  await it.site.settled();
  expect(it.b.starts).toBe(2);
});

test('5: a restart waits for no request in flight; the stop limit is that of the settings the container runs with', async () => {
  it = await siteFixture();
  it.a.inFlight = 3;
  await it.site.replaceSettings('production', { WEBSITES_CONTAINER_STOP_TIME_LIMIT: '60' });
  await it.site.settled();
  await it.site.replaceSettings('production', { WEBSITES_CONTAINER_STOP_TIME_LIMIT: '900' });
  await it.site.settled();
  await it.site.restart('production', { wait: true });
  expect(it.a.stopLimits).toEqual([5, 60, 120]);
  expect(it.journal.some((line) => line.startsWith('in-flight'))).toBe(false);
});

test.each([
  [200, true],
  [204, true],
  [299, true],
  [301, false],
  [404, false],
  [500, false],
])('6: a health check that answers %i is healthy: %s', async (status, healthy) => {
  it = await siteFixture();
  expect((await it.site.health('production')).healthy).toBeUndefined();
  await it.site.changeWebConfig('production', { healthCheckPath: '/health' });
  await it.site.settled();
  it.a.statuses.set('/health', status);
  expect(await it.site.health('production')).toMatchObject({ instance: 'a', healthy, status });
});

test('6: the only instance keeps its traffic when its health check fails', async () => {
  it = await siteFixture();
  it.a.unreachable = true;
  await it.site.changeWebConfig('production', { healthCheckPath: '/health' });
  await it.site.settled();
  expect((await it.site.health('production')).healthy).toBe(false);
  expect(it.front.routing.production).toBe('a');
});

test('7: a site container gets settings by name, an unknown name as an empty string, and all of them unless inheritance is off', async () => {
  it = await siteFixture();
  const settings = { A: '1', B: '2' };
  const container = {
    name: 's',
    image: 'i',
    isMain: false,
    environmentVariables: [
      { name: 'X', value: 'A' },
      { name: 'Y', value: 'NONE' },
    ],
  };
  expect(siteContainerEnvironment(container, settings)).toEqual({ A: '1', B: '2', X: '1', Y: '' });
  const closed = { ...container, inheritAppSettingsAndConnectionStrings: false };
  expect(siteContainerEnvironment(closed, settings)).toEqual({ X: '1', Y: '' });
});

test('7: the containers of a slot reach the worker with every restart, and a change of one restarts the app', async () => {
  it = await siteFixture();
  expect(it.b.spec?.siteContainers).toMatchObject([{ name: 'sidecar', inheritAppSettingsAndConnectionStrings: false }]);
  const environmentVariables = [{ name: 'X', value: 'SLOT_NAME' }];
  await it.site.putContainer('staging', {
    name: 'sidecar',
    properties: { image: 'new', isMain: false, environmentVariables },
  });
  await it.site.settled();
  expect(it.b.spec?.siteContainers).toMatchObject([{ name: 'sidecar', image: 'new', environmentVariables }]);
});

test('7: an image that cannot be pulled takes the whole site down', async () => {
  it = await siteFixture();
  it.b.startFailure = 'the image cannot be pulled';
  await it.site.putContainer('staging', { name: 'sidecar', properties: { image: 'gone', isMain: false } });
  await it.site.settled();
  expect(it.b.running).toBe(false);
  expect(it.site.startFailure('staging')).toContain('cannot be pulled');
});

test('8: a Key Vault reference reaches the worker as the text it is', async () => {
  it = await siteFixture({ resolveReference: async () => ({ status: 'SecretNotFound' }) });
  const reference = '@Microsoft.KeyVault(VaultName=kv;SecretName=none)';
  await it.site.replaceSettings('staging', { PASSWORD: reference });
  await it.site.settled();
  expect(it.b.spec?.settings.PASSWORD).toBe(reference);
  expect(await it.site.references('staging')).toMatchObject([{ setting: 'PASSWORD', status: 'SecretNotFound' }]);
});

test('10: auto swap is refused', async () => {
  it = await siteFixture();
  await expect(it.site.changeWebConfig('staging', { autoSwapSlotName: 'production' })).rejects.toMatchObject({
    status: 400,
  });
});

test('11: the startup command of the site is what the worker is started with', async () => {
  it = await siteFixture();
  expect(it.a.spec?.startupCommand).toBe('bash /home/site/wwwroot/slipway/startup.sh');
});
