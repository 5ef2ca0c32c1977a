import { afterEach, expect, test } from '@jest/globals';
import { type SiteFixture, siteFixture, swapped } from './site.fixture.ts';

let it: SiteFixture;

afterEach(async () => it.remove());

const refused = { status: 409, code: 'Conflict' };

test('applySlotConfig restarts the source with the sticky settings of the target and leaves routing alone', async () => {
  it = await siteFixture();
  it.journal.length = 0;
  await it.site.applySlotConfig('staging', 'production');
  expect(it.journal).toEqual(['stop b', 'start b production']);
  expect(it.b.spec?.settings).toEqual({ SLOT_NAME: 'production', GREETING: 'hello from staging' });
  expect(it.b.spec?.slot).toBe('production');
});

test('a sticky setting that only one slot has comes and goes with the place', async () => {
  it = await siteFixture();
  await it.site.replaceStickyNames({
    appSettingNames: ['ONLY_S', 'ONLY_P'],
    connectionStringNames: [],
    azureStorageConfigNames: [],
  });
  await it.site.replaceSettings('production', { ONLY_P: '1' });
  await it.site.replaceSettings('staging', { ONLY_S: '1', CODE: 'new' });
  await it.site.settled();
  await it.site.applySlotConfig('staging', 'production');
  expect(it.b.spec?.settings).toEqual({ ONLY_P: '1', CODE: 'new' });
});

test('a prepared slot refuses every change and a second preparation; the other slot does not', async () => {
  it = await siteFixture();
  await it.site.applySlotConfig('staging', 'production');
  const none = { appSettingNames: [], connectionStringNames: [], azureStorageConfigNames: [] };
  for (const change of [
    it.site.replaceSettings('staging', {}),
    it.site.replaceStorageMounts('staging', {}),
    it.site.changeWebConfig('staging', { alwaysOn: false }),
    it.site.putContainer('staging', { name: 'x', properties: { image: 'x', isMain: false } }),
    it.site.deleteContainer('staging', 'sidecar'),
    it.site.replaceStickyNames(none),
    it.site.applySlotConfig('staging', 'production'),
    it.site.applySlotConfig('production', 'staging'),
    it.site.swap('production', 'staging'),
  ]) {
    await expect(change).rejects.toMatchObject(refused);
  }
  await it.site.replaceSettings('production', { SLOT_NAME: 'production' });
});

test('a swap of a prepared slot switches without restarting it again', async () => {
  it = await siteFixture();
  await it.site.applySlotConfig('staging', 'production');
  it.journal.length = 0;
  await swapped(it.site);
  expect(it.journal.slice(0, 4)).toEqual([
    'ping b /robots933456.txt',
    'ping b /',
    'route production b',
    'route staging a',
  ]);
  expect(it.site.state.slots.production.preparation).toBeUndefined();
});

test('a sticky setting of the target that changed since the preparation is applied by the swap', async () => {
  it = await siteFixture();
  await it.site.applySlotConfig('staging', 'production');
  await it.site.replaceSettings('production', { SLOT_NAME: 'production-2' });
  await it.site.settled();
  await swapped(it.site);
  expect(it.b.spec?.settings.SLOT_NAME).toBe('production-2');
});

test('a reset gives the slot its settings back; changes are taken again', async () => {
  it = await siteFixture();
  await it.site.applySlotConfig('staging', 'production');
  await it.site.resetSlotConfig('staging');
  expect(it.b.spec).toMatchObject({ slot: 'staging', settings: { SLOT_NAME: 'staging' } });
  await it.site.replaceSettings('staging', { SLOT_NAME: 'staging', A: '1' });
  const { starts } = it.b;
  await it.site.resetSlotConfig('staging');
  await it.site.settled();
  expect(it.b.starts).toBe(starts + 1);
});

test('a prepared slot that does not start is unprepared', async () => {
  it = await siteFixture();
  it.b.startFailure = 'no image';
  await expect(it.site.applySlotConfig('staging', 'production')).rejects.toMatchObject({ status: 417 });
  it.b.startFailure = undefined;
  expect(it.site.state.slots.staging.preparation).toBeUndefined();
  await it.site.restart('staging', { wait: true });
  expect(it.b.spec?.settings.SLOT_NAME).toBe('staging');
});

test('a failed swap drops the preparation too', async () => {
  it = await siteFixture();
  await it.site.applySlotConfig('staging', 'production');
  it.b.unreachable = true;
  expect((await swapped(it.site)).status).toBe('Failed');
  expect(it.site.state.slots.staging.preparation).toBeUndefined();
  expect(it.b.spec?.settings.SLOT_NAME).toBe('staging');
});
