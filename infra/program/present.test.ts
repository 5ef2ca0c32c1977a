import { expect, test } from '@jest/globals';
import type { PresentInAzure } from '../evaluate/answers.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { inputAt, ofKind } from '../evaluate/inputs.ts';
import type { Evaluation } from '../evaluate/recorded.ts';

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
