import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { afterEach, expect, test } from '@jest/globals';
import { definition, type SiteFixture, siteFixture, swapped } from './site.fixture.ts';

let it: SiteFixture;

afterEach(async () => it.remove());

test('a swap restarts the source with the sticky settings of the target, warms it up, switches, recycles the other', async () => {
  it = await siteFixture();
  it.journal.length = 0;
  expect((await swapped(it.site)).status).toBe('Succeeded');
  expect(it.journal).toEqual([
    'stop b',
    'start b production',
    'ping b /robots933456.txt',
    'ping b /',
    'route production b',
    'route staging a',
    'in-flight a 0',
    'stop a',
    'start a staging',
  ]);
});

test('settings, containers and content move with the swap, sticky settings stay', async () => {
  it = await siteFixture();
  await it.site.replaceSettings('staging', { SLOT_NAME: 'staging', GREETING: 'new', ADDED: '1' });
  await it.site.putContainer('staging', {
    name: 'sidecar',
    properties: { image: 'registry/sidecar@sha256:2', isMain: false },
  });
  await swapped(it.site);
  const { production, staging } = it.site.state.slots;
  expect(production.settings).toEqual({ SLOT_NAME: 'production', GREETING: 'new', ADDED: '1' });
  expect(staging.settings).toEqual({ SLOT_NAME: 'staging', GREETING: 'hello from production' });
  expect(production.siteContainers[0]?.properties.image).toBe('registry/sidecar@sha256:2');
  expect(staging.siteContainers[0]?.properties.image).toBe('registry/sidecar@sha256:1');
  expect([production.worker, staging.worker]).toEqual(['b', 'a']);
  expect(it.a.spec?.settings).toEqual(staging.settings);
  expect(it.b.spec?.settings).toEqual(production.settings);
});

test('a second swap puts everything back', async () => {
  it = await siteFixture();
  const before = it.site.state.slots;
  await swapped(it.site);
  await swapped(it.site);
  expect(it.site.state.slots).toEqual(before);
  expect(it.front.routing).toEqual({ production: 'a', staging: 'b' });
});

test('what of the web configuration belongs to a slot stays, the rest moves', async () => {
  const { production, staging } = definition().slots;
  it = await siteFixture({
    definition: definition({
      slots: {
        production: { ...production, web: { alwaysOn: true, appCommandLine: 'old' } },
        staging: { ...staging, web: { alwaysOn: false, appCommandLine: 'new' } },
      },
    }),
  });
  await swapped(it.site);
  expect(it.site.state.slots.production.web).toEqual({ alwaysOn: true, appCommandLine: 'new' });
  expect(it.site.state.slots.staging.web).toEqual({ alwaysOn: false, appCommandLine: 'old' });
});

test('mounts move with the swap unless their names are sticky', async () => {
  const { production, staging } = definition().slots;
  it = await siteFixture({
    definition: definition({
      stickyNames: { appSettingNames: ['SLOT_NAME'], connectionStringNames: [], azureStorageConfigNames: ['logs'] },
      slots: {
        production: { ...production, storageMounts: { media: { shareName: 'p' }, logs: { shareName: 'p' } } },
        staging: { ...staging, storageMounts: { media: { shareName: 's' }, logs: { shareName: 's' } } },
      },
    }),
  });
  await swapped(it.site);
  const names = Object.values(it.site.state.slots).map(({ storageMounts }) => [
    storageMounts.media?.shareName,
    storageMounts.logs?.shareName,
  ]);
  expect(names).toEqual([
    ['s', 'p'],
    ['p', 's'],
  ]);
});

test('any status is warm when the settings say nothing', async () => {
  it = await siteFixture();
  it.b.statuses.set('/', 500);
  expect((await swapped(it.site)).status).toBe('Succeeded');
});

test('with WEBSITE_SWAP_WARMUP_PING_STATUSES the first other status keeps the swap from switching', async () => {
  it = await siteFixture();
  await it.site.replaceSettings('staging', {
    SLOT_NAME: 'staging',
    WEBSITE_SWAP_WARMUP_PING_PATH: '/_slipway/live',
    WEBSITE_SWAP_WARMUP_PING_STATUSES: '200,204',
  });
  await it.site.settled();
  it.b.statuses.set('/_slipway/live', 503);
  const result = await swapped(it.site);
  expect(result.error).toEqual({
    status: 417,
    code: 'ExpectationFailed',
    message: "Cannot swap site slots for site 'shop' because the 'staging' slot did not respond to http ping.",
  });
  expect(it.b.pings.filter((path) => path === '/_slipway/live')).toHaveLength(1);
  expect(it.front.routing).toEqual({ production: 'a', staging: 'b' });
  expect(it.b.spec?.settings.SLOT_NAME).toBe('staging');
  expect(it.a.starts).toBe(1);
});

test('a warm-up request without an answer is repeated four times', async () => {
  it = await siteFixture();
  it.b.onPing = (path) => {
    if (path === '/' && it.b.pings.filter((each) => each === '/').length < 5) throw new Error('timed out');
  };
  expect((await swapped(it.site)).status).toBe('Succeeded');
  expect(it.b.pings.filter((path) => path === '/')).toHaveLength(5);
});

test('a source that never answers is given up after its start limit, routing and settings as before', async () => {
  it = await siteFixture();
  const before = it.site.state.slots;
  it.b.unreachable = true;
  const started = it.clock.now();
  expect((await swapped(it.site)).status).toBe('Failed');
  expect(it.clock.now() - started).toBeGreaterThanOrEqual(230_000);
  expect(it.site.state.slots).toEqual(before);
  expect(it.a.starts).toBe(1);
});

test('a source that cannot start with the settings of the target is not switched to', async () => {
  it = await siteFixture();
  it.b.startFailure = 'image not found';
  const result = await swapped(it.site);
  expect(result.error?.message).toContain('image not found');
  expect(it.front.routing.production).toBe('a');
});

test('a front that cannot route the second slot is put back to where it was', async () => {
  it = await siteFixture();
  it.front.refuse.set('staging', 1);
  expect((await swapped(it.site)).status).toBe('Failed');
  expect(it.front.routing).toEqual({ production: 'a', staging: 'b' });
  expect(it.site.state.slots.production.worker).toBe('a');
  expect(it.b.spec?.settings.SLOT_NAME).toBe('staging');
});

test('a state that cannot be written keeps the swap from switching, and does not leave the site in a swap', async () => {
  it = await siteFixture();
  const before = it.site.state.slots;
  const inTheWay = `${it.stateFile}.${process.pid}.tmp`;
  it.b.onPing = async () => {
    await mkdir(inTheWay, { recursive: true });
  };
  let sleeps = 0;
  it.clock.onSleep = () => {
    sleeps += 1;
    if (sleeps === 3) rmSync(inTheWay, { recursive: true });
  };
  expect((await swapped(it.site)).status).toBe('Failed');
  expect(it.front.routing).toEqual({ production: 'a', staging: 'b' });
  expect(it.site.state.slots).toEqual(before);
  expect(it.site.state.operation).toBeUndefined();
});

test('requests in flight on the old worker may end before it restarts', async () => {
  it = await siteFixture();
  it.a.inFlight = 2;
  it.clock.onSleep = () => {
    it.a.inFlight -= 1;
  };
  await swapped(it.site);
  const since = it.journal.lastIndexOf('route staging a');
  expect(it.journal.slice(since + 1)).toEqual([
    'in-flight a 2',
    'in-flight a 1',
    'in-flight a 0',
    'stop a',
    'start a staging',
  ]);
});

test.each([
  [undefined, 5],
  ['30', 30],
  ['600', 120],
])(
  'with WEBSITES_CONTAINER_STOP_TIME_LIMIT %s requests that do not end are cut after %i s',
  async (setting, seconds) => {
    const { production, staging } = definition().slots;
    const settings = { ...production.settings, ...(setting ? { WEBSITES_CONTAINER_STOP_TIME_LIMIT: setting } : {}) };
    it = await siteFixture({ definition: definition({ slots: { production: { ...production, settings }, staging } }) });
    it.a.inFlight = 1;
    const started = it.clock.now();
    await swapped(it.site);
    expect(Math.round((it.clock.now() - started) / 1000)).toBe(seconds);
    expect(it.a.stopLimits).toEqual([0]);
  },
);

test('a swap whose source is production restarts production first, as App Service does', async () => {
  it = await siteFixture();
  it.journal.length = 0;
  await swapped(it.site, 'production');
  expect(it.journal.slice(0, 2)).toEqual(['stop a', 'start a staging']);
  expect(it.front.routing).toEqual({ production: 'b', staging: 'a' });
});

test('a second swap while one runs is refused, and so is every change of either slot', async () => {
  it = await siteFixture();
  let refusals: unknown[] = [];
  it.b.onPing = async () => {
    if (refusals.length > 0) return;
    refusals = [undefined];
    const tries = [
      it.site.swap('staging', 'production'),
      it.site.replaceSettings('production', {}),
      it.site.replaceSettings('staging', {}),
      it.site.applySlotConfig('staging', 'production'),
      it.site.resetSlotConfig('staging'),
      it.site.restart('staging'),
    ];
    const outcomes = await Promise.allSettled(tries);
    refusals = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.status : outcome.status));
  };
  await swapped(it.site);
  expect(refusals).toEqual([409, 409, 409, 409, 409, 409]);
});

test('the site shows the swap that runs and the last one', async () => {
  it = await siteFixture();
  expect(it.site.state.lastSwap).toBeUndefined();
  const id = await it.site.swap('staging', 'production');
  expect(it.site.state.operation?.id).toBe(id);
  expect(await it.site.operation(id)).toBe('InProgress');
  await it.site.settled();
  expect(it.site.state.operation).toBeUndefined();
  expect(it.site.state.lastSwap).toMatchObject({ sourceSlotName: 'staging', destinationSlotName: 'production' });
  expect(await it.site.operation('unknown')).toBeUndefined();
});

test('a stopped slot is not swapped', async () => {
  it = await siteFixture();
  await it.site.setRunning('staging', 'Stopped');
  await expect(it.site.swap('staging', 'production')).rejects.toMatchObject({ status: 409 });
});

test('an old worker that does not start again leaves the swap done', async () => {
  it = await siteFixture();
  it.b.onPing = () => {
    it.a.startFailure = 'no image';
  };
  expect((await swapped(it.site)).status).toBe('Succeeded');
  expect(it.front.routing.production).toBe('b');
  expect(it.site.startFailure('staging')).toBe('no image');
});

test('a site that is stopped in the middle of a swap does not wait for it', async () => {
  it = await siteFixture();
  it.b.unreachable = true;
  await it.site.swap('staging', 'production');
  await it.site.stop();
  expect([it.a.running, it.b.running]).toEqual([false, false]);
  expect(it.site.state.operation?.phase).toBe('before');
});
