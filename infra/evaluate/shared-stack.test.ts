import { beforeAll, expect, test } from '@jest/globals';
import { evaluate } from './evaluate.ts';
import { findPlaceholders, UNKNOWN } from './placeholders.ts';
import type { Evaluation } from './recorded.ts';
import { sharedStackOutputs } from './shared-stack.ts';
import { NOBODYS_ACCOUNT } from './subscription.ts';

let shared: Evaluation;
beforeAll(async () => {
  shared = await evaluate({ stage: 'shared', mode: 'update' });
});

const answer = sharedStackOutputs(
  'urn:pulumi:dev::slipway::pulumi:pulumi:StackReference::shared',
  NOBODYS_ACCOUNT.subscriptionId,
);

test('dev and prod are told of outputs that stage shared has, all of them', () => {
  expect(Object.keys(answer).toSorted()).toEqual(Object.keys(shared.outputs).toSorted());
});

test('and of the same names and ids', () => {
  for (const [name, value] of Object.entries(answer)) {
    const real = String(shared.outputs[name]);
    if (findPlaceholders(real).length === 0) expect([name, value]).toEqual([name, real]);
  }
});

test('a stage evaluates the same resources in preview as in update, only knowing less', async () => {
  const preview = await evaluate({ stage: 'shared', mode: 'preview' });
  expect(preview.resources.map(({ urn }) => urn)).toEqual(shared.resources.map(({ urn }) => urn));
  expect(JSON.stringify(preview.resources)).toContain(UNKNOWN);
});
