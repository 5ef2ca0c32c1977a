import { afterEach, expect, test } from '@jest/globals';
import { APP, type ArmFixture, armFixture, GROUP, SITE, SLOT, SUBSCRIPTION, VERSION } from './arm.fixture.ts';

let it: ArmFixture;

afterEach(async () => it.remove());

const poll = { updateIntervalInMs: 10 };
const toProduction = { targetSlot: 'production', preserveVnet: true };

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

test('the client reads the site and its slot', async () => {
  it = await armFixture();
  const { webApps } = it.client;
  const site = await webApps.get(GROUP, APP);
  expect(site).toMatchObject({ id: SITE, name: APP, type: 'Microsoft.Web/sites', state: 'Running', kind: 'app,linux' });
  const slot = await webApps.getSlot(GROUP, APP, 'staging');
  expect(slot).toMatchObject({ id: SLOT, name: `${APP}/staging`, defaultHostName: '127.0.0.1:8081', enabled: true });
  expect((await collect(webApps.listSlots(GROUP, APP))).map(({ name }) => name)).toEqual([`${APP}/staging`]);
  expect((await collect(webApps.listByResourceGroup(GROUP))).map(({ name }) => name)).toEqual([APP]);
});

test('identity and properties of the program are shown with their placeholders filled in', async () => {
  const { definition } = await import('../appservice/site.fixture.ts');
  const { production, staging } = definition().slots;
  const identity = { type: 'UserAssigned', userAssignedIdentities: { '{{id}}': {} } };
  it = await armFixture({
    definition: definition({
      slots: {
        production,
        staging: { ...staging, identity, properties: { httpsOnly: true, serverFarmId: '{{plan}}' } },
      },
    }),
    plane: { resolveText: (text) => text.replace('{{id}}', '/identity/web').replace('{{plan}}', '/plan/p') },
  });
  const slot = await it.client.webApps.getSlot(GROUP, APP, 'staging');
  expect(slot.httpsOnly).toBe(true);
  expect(slot.serverFarmId).toBe('/plan/p');
  expect(Object.keys(slot.identity?.userAssignedIdentities ?? {})).toEqual(['/identity/web']);
});

test('app settings are listed and replaced whole, per slot', async () => {
  it = await armFixture();
  const { webApps } = it.client;
  const before = await webApps.listApplicationSettings(GROUP, APP);
  expect(before.properties).toEqual({ SLOT_NAME: 'production', GREETING: 'hello from production' });
  const after = await webApps.updateApplicationSettingsSlot(GROUP, APP, 'staging', {
    properties: { SLOT_NAME: 'staging', NEW: '1' },
  });
  expect(after.properties).toEqual({ SLOT_NAME: 'staging', NEW: '1' });
  expect((await webApps.listApplicationSettingsSlot(GROUP, APP, 'staging')).properties).toEqual(after.properties);
  await it.site.settled();
  expect(it.b.spec?.settings).toEqual({ SLOT_NAME: 'staging', NEW: '1' });
  expect(it.a.starts).toBe(1);
});

test('slotConfigNames is replaced whole', async () => {
  it = await armFixture();
  const { webApps } = it.client;
  await webApps.updateSlotConfigurationNames(GROUP, APP, {
    appSettingNames: ['A', 'B'],
    azureStorageConfigNames: ['m'],
  });
  await webApps.updateSlotConfigurationNames(GROUP, APP, { appSettingNames: ['C'] });
  expect(await webApps.listSlotConfigurationNames(GROUP, APP)).toMatchObject({
    appSettingNames: ['C'],
    connectionStringNames: [],
    azureStorageConfigNames: [],
  });
});

test('the web configuration is read and changed', async () => {
  it = await armFixture();
  const { webApps } = it.client;
  const changed = await webApps.updateConfigurationSlot(GROUP, APP, 'staging', { appCommandLine: 'bash other.sh' });
  expect(changed).toMatchObject({ appCommandLine: 'bash other.sh', alwaysOn: true });
  await it.site.settled();
  expect(it.b.spec?.startupCommand).toBe('bash other.sh');
  expect((await webApps.getConfiguration(GROUP, APP)).appCommandLine).toContain('startup.sh');
});

test('auto swap is refused with 400', async () => {
  it = await armFixture();
  const auto = it.client.webApps.updateConfigurationSlot(GROUP, APP, 'staging', { autoSwapSlotName: 'production' });
  await expect(auto).rejects.toMatchObject({ statusCode: 400, code: 'BadRequest' });
});

test('mounts are replaced whole and their keys are not given back', async () => {
  it = await armFixture();
  const { webApps } = it.client;
  const mount = {
    type: 'AzureBlob',
    accountName: 'st',
    shareName: 'media',
    mountPath: '/mounts/media',
    accessKey: 'k',
  } as const;
  await webApps.updateAzureStorageAccountsSlot(GROUP, APP, 'staging', { properties: { media: mount } });
  const listed = await webApps.listAzureStorageAccountsSlot(GROUP, APP, 'staging');
  expect(listed.properties?.media).toMatchObject({ mountPath: '/mounts/media', state: 'Ok' });
  expect(listed.properties?.media?.accessKey).toBeUndefined();
  await it.site.settled();
  expect(it.b.spec?.mounts.media?.accessKey).toBe('k');
  const home = { media: { ...mount, mountPath: '/home/media' } };
  await expect(
    webApps.updateAzureStorageAccountsSlot(GROUP, APP, 'staging', { properties: home }),
  ).rejects.toMatchObject({ statusCode: 400 });
});

test('stack and startup command are changed together, and a stack without a version is refused', async () => {
  it = await armFixture();
  const { webApps } = it.client;
  const start = { linuxFxVersion: 'PHP|8.5', appCommandLine: 'bash other.sh' };
  await webApps.updateConfigurationSlot(GROUP, APP, 'staging', start);
  expect(await webApps.getConfigurationSlot(GROUP, APP, 'staging')).toMatchObject(start);
  await it.site.settled();
  expect(it.b.spec?.startupCommand).toBe('bash other.sh');
  const refused = webApps.updateConfigurationSlot(GROUP, APP, 'staging', { linuxFxVersion: 'PHP' });
  await expect(refused).rejects.toMatchObject({ statusCode: 400 });
});

test('the key of an account is given for a POST and for no other account', async () => {
  it = await armFixture({ plane: { accountKey: (account) => (account === 'st' ? 'k' : undefined) } });
  const keys = (account: string, method = 'POST') =>
    it.ask(
      `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.Storage/storageAccounts/${account}/listKeys?api-version=2023-05-01`,
      { method },
    );
  expect((await keys('st')).json).toMatchObject({ keys: [{ value: 'k' }] });
  expect((await keys('other')).status).toBe(404);
  expect((await keys('st', 'GET')).status).toBe(405);
});

test('site containers are listed, read, put and deleted, per slot', async () => {
  it = await armFixture();
  const { webApps } = it.client;
  const image = {
    image: 'registry/sidecar@sha256:2',
    isMain: false,
    environmentVariables: [{ name: 'A', value: 'NAME' }],
  };
  await webApps.createOrUpdateSiteContainerSlot(GROUP, APP, 'staging', 'sidecar', image);
  await webApps.createOrUpdateSiteContainerSlot(GROUP, APP, 'staging', 'other', image);
  const listed = await collect(webApps.listSiteContainersSlot(GROUP, APP, 'staging'));
  expect(listed.map(({ name, image }) => [name, image])).toEqual([
    ['sidecar', image.image],
    ['other', image.image],
  ]);
  expect(await webApps.getSiteContainerSlot(GROUP, APP, 'staging', 'other')).toMatchObject(image);
  await webApps.deleteSiteContainerSlot(GROUP, APP, 'staging', 'other');
  await webApps.deleteSiteContainerSlot(GROUP, APP, 'staging', 'other');
  await expect(webApps.getSiteContainerSlot(GROUP, APP, 'staging', 'other')).rejects.toMatchObject({
    statusCode: 404,
    code: 'ResourceNotFound',
  });
  expect((await webApps.getSiteContainer(GROUP, APP, 'sidecar')).image).toBe('registry/sidecar@sha256:1');
  await it.site.settled();
  expect(it.b.spec?.siteContainers.map(({ name }) => name)).toEqual(['sidecar']);
});

test('a swap is a long-running operation that ends with the slots swapped', async () => {
  it = await armFixture();
  const { webApps } = it.client;
  await webApps.swapSlot(GROUP, APP, 'staging', toProduction, poll);
  expect(it.front.routing).toEqual({ production: 'b', staging: 'a' });
  const site = await webApps.get(GROUP, APP);
  expect(site.slotSwapStatus).toMatchObject({ sourceSlotName: 'staging', destinationSlotName: 'production' });
  expect(site.slotSwapStatus?.timestampUtc).toBeInstanceOf(Date);
  expect(site.inProgressOperationId).toBeNull();
});

test('the app swaps with a slot by its own operation', async () => {
  it = await armFixture();
  await it.client.webApps.swapSlotWithProduction(GROUP, APP, { targetSlot: 'staging', preserveVnet: true }, poll);
  expect(it.front.routing.production).toBe('b');
});

test('a swap whose source does not get warm fails with the words of App Service', async () => {
  it = await armFixture();
  it.b.unreachable = true;
  await expect(it.client.webApps.swapSlot(GROUP, APP, 'staging', toProduction, poll)).rejects.toMatchObject({
    statusCode: 417,
    code: 'ExpectationFailed',
    message: expect.stringContaining("because the 'staging' slot did not respond to http ping"),
  });
  expect(it.front.routing.production).toBe('a');
});

test('a swap answers 202 with Location and Retry-After, and shows on both slots while it runs', async () => {
  it = await armFixture();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  it.b.onPing = () => held;
  const begun = await it.ask(`${SLOT}/slotsswap?${VERSION}`, { method: 'POST', body: '{"targetSlot":"production"}' });
  expect(begun.status).toBe(202);
  expect(begun.headers['retry-after']).toBe('0');
  const location = String(begun.headers.location);
  expect(location.startsWith(`${it.plane.endpoint}${SLOT}/operationresults/`)).toBe(true);
  const { webApps } = it.client;
  const [site, slot] = [await webApps.get(GROUP, APP), await webApps.getSlot(GROUP, APP, 'staging')];
  expect(site.inProgressOperationId).toBe(slot.inProgressOperationId);
  expect(location).toContain(String(slot.inProgressOperationId));
  expect(slot.targetSwapSlot).toBe('production');
  const path = location.slice(it.plane.endpoint.length);
  expect((await it.ask(path)).status).toBe(202);
  const second = it.client.webApps.swapSlot(GROUP, APP, 'staging', toProduction, poll);
  await expect(second).rejects.toMatchObject({
    statusCode: 409,
    code: 'Conflict',
    message: expect.stringContaining('another operation is in progress'),
  });
  release();
  await it.site.settled();
  expect((await it.ask(path)).status).toBe(200);
});

test('a prepared slot says so, refuses changes with 409 and swaps without another restart', async () => {
  it = await armFixture();
  const { webApps } = it.client;
  await webApps.applySlotConfigurationSlot(GROUP, APP, 'staging', toProduction);
  expect((await webApps.getSlot(GROUP, APP, 'staging')).targetSwapSlot).toBe('production');
  expect((await webApps.listApplicationSettingsSlot(GROUP, APP, 'staging')).properties?.SLOT_NAME).toBe('production');
  const refused = { statusCode: 409, code: 'Conflict', message: expect.stringContaining('prepared for swap') };
  const container = { image: 'i', isMain: false };
  for (const change of [
    () => webApps.updateApplicationSettingsSlot(GROUP, APP, 'staging', { properties: {} }),
    () => webApps.createOrUpdateSiteContainerSlot(GROUP, APP, 'staging', 'x', container),
    () => webApps.deleteSiteContainerSlot(GROUP, APP, 'staging', 'sidecar'),
    () => webApps.updateAzureStorageAccountsSlot(GROUP, APP, 'staging', { properties: {} }),
    () => webApps.updateConfigurationSlot(GROUP, APP, 'staging', { alwaysOn: false }),
    () => webApps.updateSlotConfigurationNames(GROUP, APP, { appSettingNames: [] }),
    () => webApps.applySlotConfigurationSlot(GROUP, APP, 'staging', toProduction),
  ]) {
    await expect(change()).rejects.toMatchObject(refused);
  }
  const { starts } = it.b;
  await webApps.swapSlot(GROUP, APP, 'staging', toProduction, poll);
  expect(it.b.starts).toBe(starts);
  expect(it.front.routing.production).toBe('b');
  expect((await webApps.getSlot(GROUP, APP, 'staging')).targetSwapSlot).toBeNull();
});

test('a reset undoes the preparation, and changes nothing when there is none', async () => {
  it = await armFixture();
  const { webApps } = it.client;
  await webApps.resetSlotConfigurationSlot(GROUP, APP, 'staging');
  expect(it.b.starts).toBe(1);
  await webApps.applySlotConfigurationSlot(GROUP, APP, 'staging', toProduction);
  expect(it.b.spec?.settings.SLOT_NAME).toBe('production');
  await webApps.resetSlotConfigurationSlot(GROUP, APP, 'staging');
  expect(it.b.spec?.settings.SLOT_NAME).toBe('staging');
  await webApps.updateApplicationSettingsSlot(GROUP, APP, 'staging', { properties: { SLOT_NAME: 'staging' } });
});

test('stop, start and restart', async () => {
  it = await armFixture();
  const { webApps } = it.client;
  await webApps.stopSlot(GROUP, APP, 'staging');
  expect(it.b.running).toBe(false);
  expect((await webApps.getSlot(GROUP, APP, 'staging')).state).toBe('Stopped');
  await webApps.restartSlot(GROUP, APP, 'staging', { synchronous: true });
  expect(it.b.running).toBe(false);
  await webApps.startSlot(GROUP, APP, 'staging');
  expect(it.b.running).toBe(true);
  const { starts } = it.b;
  await webApps.restartSlot(GROUP, APP, 'staging', { synchronous: true });
  expect(it.b.starts).toBe(starts + 1);
  await webApps.restartSlot(GROUP, APP, 'staging', { softRestart: true, synchronous: true });
  expect(it.b.starts).toBe(starts + 1);
  await webApps.restart(GROUP, APP, { synchronous: true });
  expect(it.a.starts).toBe(2);
});

test('Key Vault references are listed with their status, and a refresh resolves them anew', async () => {
  const reference = '@Microsoft.KeyVault(SecretUri=https://kv-shop.vault.azure.net/secrets/database-password)';
  let found = false;
  it = await armFixture({
    resolveReference: async () => (found ? { status: 'Resolved' } : { status: 'SecretNotFound', details: 'not there' }),
  });
  const { webApps } = it.client;
  await webApps.updateApplicationSettingsSlot(GROUP, APP, 'staging', {
    properties: { DATABASE_PASSWORD: reference, BROKEN: '@Microsoft.KeyVault(nonsense)', PLAIN: 'x' },
  });
  await it.site.settled();
  const list = async () => {
    const references = await collect(webApps.listAppSettingsKeyVaultReferencesSlot(GROUP, APP, 'staging'));
    return Object.fromEntries(references.map(({ name, status }) => [name, status]));
  };
  expect(await list()).toEqual({ DATABASE_PASSWORD: 'SecretNotFound', BROKEN: 'InvalidSyntax' });
  found = true;
  expect(await list()).toMatchObject({ DATABASE_PASSWORD: 'SecretNotFound' });
  const { starts } = it.b;
  const refreshed = await it.ask(`${SLOT}/config/configreferences/appsettings/refresh?${VERSION}`, { method: 'POST' });
  expect(refreshed.status).toBe(200);
  expect(await list()).toEqual({ DATABASE_PASSWORD: 'Resolved', BROKEN: 'InvalidSyntax' });
  expect(await webApps.getAppSettingKeyVaultReferenceSlot(GROUP, APP, 'DATABASE_PASSWORD', 'staging')).toMatchObject({
    reference,
    vaultName: 'kv-shop',
    secretName: 'database-password',
    status: 'Resolved',
  });
  await it.site.settled();
  expect(it.b.starts).toBe(starts + 1);
  expect(it.b.spec?.settings.DATABASE_PASSWORD).toBe(reference);
});
