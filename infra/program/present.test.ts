import { describe, expect, test } from '@jest/globals';
import type { PresentInAzure } from '../evaluate/answers.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { inputAt, ofKind } from '../evaluate/inputs.ts';
import type { Evaluation } from '../evaluate/recorded.ts';
import { asObject } from '../lib/json.ts';

function capacityAndStorage(evaluation: Evaluation): unknown[] {
  const [plan] = ofKind(evaluation, 'web:AppServicePlan');
  const [server] = ofKind(evaluation, 'dbformysql:Server');
  return [plan && inputAt(plan, 'sku.capacity'), server && inputAt(server, 'storage.storageSizeGB')];
}

const up = (config: Readonly<Record<string, string>>, present: PresentInAzure) =>
  evaluate({ stage: 'dev', mode: 'update', config, present });

test('a first `up` creates plan and storage as the config says', async () => {
  expect(capacityAndStorage(await up({ 'plan.instances': '2', 'mysql.storageGb': '30' }, {}))).toEqual([2, 30]);
});

test('a later one with a new tag sends the capacity and the storage that are there by then', async () => {
  const later = await up({ tags: '{"team":"web"}' }, { planCapacity: 5, mysqlStorageGb: 128 });
  expect(capacityAndStorage(later)).toEqual([5, 128]);
});

test('storage grows when the config asks for more than there is', async () => {
  expect(capacityAndStorage(await up({ 'mysql.storageGb': '256' }, { mysqlStorageGb: 128 }))[1]).toBe(256);
});

test('alerts on the health of the app wait for the first release', async () => {
  const alertsOf = ({ resources }: Evaluation) =>
    resources.filter(({ type }) => type.endsWith(':MetricAlert')).map(({ name }) => name);
  const waiting = ['alert-app-unhealthy'];
  expect(alertsOf(await up({}, {}))).not.toEqual(expect.arrayContaining(waiting));
  const released = alertsOf(await up({}, { released: true }));
  expect(released).toEqual(expect.arrayContaining([...waiting, 'alert-app-5xx']));
});

describe('what a site is started with', () => {
  const inputs = (evaluation: Evaluation, kind: string) => ofKind(evaluation, kind)[0]?.inputs ?? {};
  const startOf = (evaluation: Evaluation, kind: string) => {
    const { linuxFxVersion, appCommandLine } = asObject(inputs(evaluation, kind).siteConfig);
    return { linuxFxVersion, appCommandLine };
  };
  const sites = { production: { stack: 'PHP|8.4', mounts: ['st'] }, staging: { stack: 'PHP|8.3' } };

  test('is written by a first `up`, and is what the next release wants', async () => {
    const first = await up({ 'web.phpVersion': '8.5' }, {});
    const wanted = { linuxFxVersion: 'PHP|8.5', appCommandLine: expect.stringContaining('startup.sh') };
    expect(startOf(first, 'web:WebApp')).toEqual(wanted);
    expect(startOf(first, 'web:WebAppSlot')).toEqual(wanted);
    expect(first.outputs.wanted).toMatchObject({
      stack: 'PHP|8.5',
      command: expect.stringContaining('startup.sh'),
      mounts: { media: { type: 'AzureBlob', mountPath: '/mounts/media' } },
    });
    expect(JSON.stringify(first.outputs)).not.toContain('listKeys');
  });

  test('stays what the last releases made it in a later one, for each slot', async () => {
    const later = await up({ 'web.phpVersion': '8.5' }, { released: true, sites });
    expect(startOf(later, 'web:WebApp')).toEqual({ linuxFxVersion: 'PHP|8.4' });
    expect(startOf(later, 'web:WebAppSlot')).toEqual({ linuxFxVersion: 'PHP|8.3' });
    expect(later.outputs.wanted).toMatchObject({ stack: 'PHP|8.5' });
  });

  test('keeps the keys of an account that a slot still mounts, although the program wants no mount any more', async () => {
    const account = (evaluation: Evaluation) => inputs(evaluation, 'storage:StorageAccount');
    const before = await up({}, {});
    const mounted = {
      production: { ...sites.production, mounts: [String(account(before).accountName)] },
      staging: sites.staging,
    };
    const without = { 'media.mount': 'false' };
    expect(account(await up(without, { sites: mounted })).allowSharedKeyAccess).toBe(true);
    const later = await up(without, { sites });
    expect(account(later).allowSharedKeyAccess).toBe(false);
    expect(ofKind(later, 'web:WebAppAzureStorageAccounts')[0]?.ignoreChanges).toEqual(['properties']);
    expect(later.outputs.wanted).toMatchObject({ mounts: {} });
  });
});
