import { beforeAll, describe, expect, test } from '@jest/globals';
import type { PresentInAzure } from '../../evaluate/answers.ts';
import { evaluate } from '../../evaluate/evaluate.ts';
import { inputAt, ofKind } from '../../evaluate/inputs.ts';
import type { Evaluation } from '../../evaluate/recorded.ts';
import { asObject } from '../../lib/json.ts';

function capacityAndStorage(evaluation: Evaluation): unknown[] {
  const [plan] = ofKind(evaluation, 'web:AppServicePlan');
  const [server] = ofKind(evaluation, 'dbformysql:Server');
  return [plan && inputAt(plan, 'sku.capacity'), server && inputAt(server, 'storage.storageSizeGB')];
}

const up = (config: Readonly<Record<string, string>>, present: PresentInAzure) =>
  evaluate({ stage: 'dev', mode: 'update', config, present });

const sites = { production: { stack: 'PHP|8.4', mounts: ['st'] }, staging: { stack: 'PHP|8.3' } };

const wanted = { 'web.phpVersion': '8.5', 'plan.instances': '2', 'mysql.storageGb': '30' };

let first: Evaluation;
let later: Evaluation;
beforeAll(async () => {
  first = await up(wanted, {});
  const present = { planCapacity: 5, mysqlStorageGb: 128, released: true, sites };
  later = await up({ ...wanted, tags: '{"team":"web"}' }, present);
});

test('a first `up` creates plan and storage as the config says', () => {
  expect(capacityAndStorage(first)).toEqual([2, 30]);
});

test('a later one with a new tag sends the capacity and the storage that are there by then', () => {
  expect(capacityAndStorage(later)).toEqual([5, 128]);
});

test('alerts on the health of the app wait for the first release', () => {
  const alertsOf = ({ resources }: Evaluation) =>
    resources.filter(({ type }) => type.endsWith(':MetricAlert')).map(({ name }) => name);
  const waiting = ['alert-app-unhealthy'];
  expect(alertsOf(first)).not.toEqual(expect.arrayContaining(waiting));
  expect(alertsOf(later)).toEqual(expect.arrayContaining([...waiting, 'alert-app-5xx']));
});

describe('what a site is started with', () => {
  const inputs = (evaluation: Evaluation, kind: string) => ofKind(evaluation, kind)[0]?.inputs ?? {};
  const startOf = (evaluation: Evaluation, kind: string) => {
    const { linuxFxVersion, appCommandLine } = asObject(inputs(evaluation, kind).siteConfig);
    return { linuxFxVersion, appCommandLine };
  };

  test('is for the next release to write, but for the stack that a site is made with', () => {
    expect(startOf(first, 'web:WebApp')).toEqual({ linuxFxVersion: 'PHP|8.5' });
    expect(startOf(first, 'web:WebAppSlot')).toEqual({ linuxFxVersion: 'PHP|8.5' });
    expect(first.outputs.wanted).toMatchObject({
      stack: 'PHP|8.5',
      command: expect.stringContaining('startup.sh'),
      mounts: { media: { type: 'AzureBlob', mountPath: '/mounts/media' } },
    });
    expect(JSON.stringify(first.outputs)).not.toContain('listKeys');
  });

  test('stays what the last releases made it in a later one, for each slot', () => {
    expect(startOf(later, 'web:WebApp')).toEqual({ linuxFxVersion: 'PHP|8.4' });
    expect(startOf(later, 'web:WebAppSlot')).toEqual({ linuxFxVersion: 'PHP|8.3' });
    expect(later.outputs.wanted).toMatchObject({ stack: 'PHP|8.5' });
  });

  test('is not written again by an `up` after the release, nor is anything else of the sites', async () => {
    const released = { production: { stack: 'PHP|8.5', mounts: ['st'] }, staging: { stack: 'PHP|8.5' } };
    const again = await up(wanted, { planCapacity: 2, mysqlStorageGb: 30, released: true, sites: released });
    for (const kind of ['web:WebApp', 'web:WebAppSlot']) expect(inputs(again, kind)).toEqual(inputs(first, kind));
  });

  test('keeps the keys of an account that a slot still mounts, although the program wants no mount any more', async () => {
    const account = (evaluation: Evaluation) => inputs(evaluation, 'storage:StorageAccount');
    const mounted = {
      production: { ...sites.production, mounts: [String(account(first).accountName)] },
      staging: sites.staging,
    };
    const without = { 'media.mount': 'false' };
    expect(account(await up(without, { sites: mounted })).allowSharedKeyAccess).toBe(true);
    const unmounted = await up({ ...without, 'mysql.storageGb': '256' }, { sites, mysqlStorageGb: 128 });
    expect(account(unmounted).allowSharedKeyAccess).toBe(false);
    expect(ofKind(unmounted, 'web:WebAppAzureStorageAccounts')[0]?.ignoreChanges).toEqual(['properties']);
    expect(unmounted.outputs.wanted).toMatchObject({ mounts: {} });
    // Storage grows when the config asks for more than there is.
    expect(capacityAndStorage(unmounted)[1]).toBe(256);
  });
});
