import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { definition, type SiteFixture, siteFixture, swapped } from './site.fixture.ts';

const open: SiteFixture[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.remove();
});

async function fresh(): Promise<SiteFixture> {
  const it = await siteFixture();
  open.push(it);
  return it;
}

/** The region dies at this point, and a new one starts on what it left. */
async function afterCrash(it: SiteFixture, change = {}): Promise<SiteFixture> {
  const next = await it.reopened(change);
  open.push(next);
  return next;
}

test('a new start routes and starts as the last run left it', async () => {
  const it = await fresh();
  await it.site.replaceSettings('staging', { SLOT_NAME: 'staging', GREETING: 'new' });
  await swapped(it.site);
  const next = await afterCrash(it);
  expect(next.site.state.slots).toEqual(it.site.state.slots);
  expect(next.front.routing).toEqual({ production: 'b', staging: 'a' });
  expect(next.b.spec?.settings).toEqual({ SLOT_NAME: 'production', GREETING: 'new' });
  expect(next.site.state.lastSwap?.sourceSlotName).toBe('staging');
});

test('a stopped slot stays stopped', async () => {
  const it = await fresh();
  await it.site.setRunning('staging', 'Stopped');
  const next = await afterCrash(it);
  expect([next.a.running, next.b.running]).toEqual([true, false]);
});

test('a preparation outlives the region', async () => {
  const it = await fresh();
  await it.site.applySlotConfig('staging', 'production');
  const next = await afterCrash(it);
  expect(next.b.spec?.settings.SLOT_NAME).toBe('production');
  await expect(next.site.replaceSettings('staging', {})).rejects.toMatchObject({ status: 409 });
});

test('a swap that was cut before the switch is undone, and its operation says so', async () => {
  const it = await fresh();
  it.b.unreachable = true;
  const before = it.site.state.slots;
  const id = await it.site.swap('staging', 'production');
  const next = await afterCrash(it);
  expect(next.site.state.slots).toEqual(before);
  expect(next.site.state.operation).toBeUndefined();
  expect(next.site.state.lastSwap).toBeUndefined();
  expect(await next.site.operation(id)).toMatchObject({ status: 'Failed', error: { status: 409 } });
  expect(next.front.routing).toEqual({ production: 'a', staging: 'b' });
  expect(next.b.spec?.settings.SLOT_NAME).toBe('staging');
  expect((await swapped(next.site)).status).toBe('Succeeded');
});

test('a swap that was cut after the switch is done; the old worker gets its new settings', async () => {
  const it = await fresh();
  it.a.inFlight = 1;
  const switched = new Promise<void>((resolve) => {
    it.clock.onSleep = () => {
      if (it.site.state.operation?.phase === 'after') resolve();
    };
  });
  const id = await it.site.swap('staging', 'production');
  await switched;
  const next = await afterCrash(it);
  expect(await next.site.operation(id)).toMatchObject({ status: 'Succeeded' });
  expect(next.front.routing).toEqual({ production: 'b', staging: 'a' });
  expect(next.a.spec?.settings.SLOT_NAME).toBe('staging');
  expect(next.site.state.lastSwap?.destinationSlotName).toBe('production');
});

test('between routing and recording the recorded routing wins', async () => {
  const it = await fresh();
  const recorded = await readFile(it.stateFile, 'utf8');
  await swapped(it.site);
  await writeFile(it.stateFile, recorded);
  const next = await afterCrash(it);
  expect(next.front.routing).toEqual({ production: 'a', staging: 'b' });
});

test('the files of an interrupted deployment are removed and the deployment has failed', async () => {
  const it = await fresh();
  void it.site.deploy('staging', { receive: () => new Promise(() => undefined) });
  while (it.site.deployments('staging').length === 0) await new Promise((resolve) => setImmediate(resolve));
  await mkdir(join(it.b.home, 'site', '.deploy-old', 'content'), { recursive: true });
  const next = await afterCrash(it);
  expect(next.site.deployments('staging').at(-1)).toMatchObject({ status: 3 });
  expect(await readdir(join(it.b.home, 'site'))).toEqual([]);
});

test('workers that still run at the start are restarted with what is recorded', async () => {
  const it = await siteFixture({ start: false });
  open.push(it);
  await it.b.start({ slot: 'staging', settings: { OLD: '1' }, siteContainers: [], mounts: {}, startupCommand: '' });
  await it.site.start();
  expect(it.b.stopLimits).toEqual([0]);
  expect(it.b.spec?.settings.SLOT_NAME).toBe('staging');
});

test('one slot that cannot start does not keep the other from running', async () => {
  const it = await siteFixture({ start: false });
  open.push(it);
  it.b.startFailure = 'no image';
  expect(await it.site.start()).toEqual(['staging']);
  expect(it.a.running).toBe(true);
  expect(it.site.startFailure('staging')).toBe('no image');
});

test('a file that is no state is an error with what to do', async () => {
  const it = await fresh();
  for (const text of ['', '{}', 'null', '{"format":1}', '{"format":2}']) {
    await writeFile(it.stateFile, text);
    await expect(it.reopened()).rejects.toMatchObject({ code: 'SLIP-LOCAL-SITE-STATE' });
  }
});

test('a part that changed in the program is applied, but for what belongs to releases', async () => {
  const it = await fresh();
  await it.site.replaceSettings('production', { FROM: 'arm' });
  await it.site.changeWebConfig('staging', { alwaysOn: false });
  await it.site.replaceStickyNames({
    appSettingNames: ['FROM_ARM'],
    connectionStringNames: [],
    azureStorageConfigNames: [],
  });
  await it.site.settled();
  const same = await afterCrash(it);
  expect(same.site.state.stickyNames.appSettingNames).toEqual(['FROM_ARM']);
  expect(same.site.state.slots.staging.web.alwaysOn).toBe(false);
  const { production, staging } = definition().slots;
  const changed = await afterCrash(same, {
    stickyNames: { appSettingNames: ['SLOT_NAME', 'X'], connectionStringNames: [], azureStorageConfigNames: [] },
    slots: {
      production: {
        ...production,
        settings: { FROM: 'program' },
        storageMounts: { program: { mountPath: '/program' } },
        web: { appCommandLine: 'new', linuxFxVersion: 'PHP|9.0', http20Enabled: false },
      },
      staging,
    },
  });
  expect(changed.site.state.stickyNames.appSettingNames).toEqual(['SLOT_NAME', 'X']);
  expect(changed.site.state.slots.production).toMatchObject({
    settings: { FROM: 'arm' },
    storageMounts: production.storageMounts,
    web: { http20Enabled: false, appCommandLine: production.web.appCommandLine },
  });
  expect(changed.site.state.slots.production.web.linuxFxVersion).toBe(production.web.linuxFxVersion);
  expect(changed.site.state.slots.staging.web.alwaysOn).toBe(false);
});

test('an app of another name begins anew', async () => {
  const it = await fresh();
  await swapped(it.site);
  const next = await afterCrash(it, { name: 'other' });
  expect(next.site.state.slots.production.worker).toBe('a');
});
