import { beforeAll, expect, test } from '@jest/globals';
import type { PolicyResource, ResourceValidationPolicy, StackValidationPolicy } from '@pulumi/policy';
import { unknownCheckingProxy } from '@pulumi/policy';
import { evaluate } from '../evaluate/evaluate.ts';
import { UNKNOWN } from '../evaluate/placeholders.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';
import { type Json, wireUnknown } from '../evaluate/values.ts';
import { housePolicies } from './house-policies.ts';

let preview: Evaluation;
let update: Evaluation;
beforeAll(async () => {
  const config = { 'sidecar.digest': `sha256:${'0'.repeat(64)}`, 'budget.startDate': '2026-12-01' };
  preview = await evaluate({ stage: 'prod', mode: 'preview', config });
  update = await evaluate({ stage: 'prod', mode: 'update', config });
}, 240_000);

const refuse = (): never => {
  throw new Error('not applicable');
};
const COMMON = { stackTags: new Map(), getConfig: () => Object.create(null), notApplicable: refuse };
const UNTYPED = { isType: () => false, asType: () => undefined };

/** What the pack reports when Pulumi shows it these resources: inputs first, then the whole stack. */
async function reported(resources: readonly RecordedResource[]): Promise<string[]> {
  const found: string[] = [];
  const policies = housePolicies();
  const all = resources.map(asShown);
  for (const each of all)
    for (const dependency of dependenciesOf(each.urn, resources))
      each.dependencies.push(...all.filter(({ urn }) => urn === dependency));
  for (const policy of policies) {
    if (isStackPolicy(policy)) continue;
    const validate = [policy.validateResource ?? []].flat();
    for (const { type, name, urn, props, opts } of all)
      for (const run of validate) await run({ type, name, urn, props, opts, ...UNTYPED, ...COMMON }, refuse);
  }
  for (const policy of policies) {
    if (!isStackPolicy(policy)) continue;
    await policy.validateStack({ resources: all, ...COMMON }, (text) => found.push(`${policy.name}: ${text}`));
  }
  return found;
}

function isStackPolicy(policy: ResourceValidationPolicy | StackValidationPolicy): policy is StackValidationPolicy {
  return 'validateStack' in policy;
}

function dependenciesOf(urn: string, resources: readonly RecordedResource[]): readonly string[] {
  return resources.find((each) => each.urn === urn)?.dependencies ?? [];
}

function asShown({ type, name, urn, inputs, protect, ignoreChanges }: RecordedResource): PolicyResource {
  const times = { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 };
  return {
    ...{ type, name, urn, dependencies: [], propertyDependencies: {} },
    props: unknownCheckingProxy(JSON.parse(JSON.stringify(inputs).replaceAll(UNKNOWN, wireUnknown()))),
    opts: {
      protect,
      ignoreChanges: [...ignoreChanges],
      aliases: [],
      customTimeouts: times,
      additionalSecretOutputs: [],
    },
    ...UNTYPED,
  };
}

const changed = (name: string, key: string, value: Json): RecordedResource[] =>
  preview.resources.map((each) => (each.name === name ? { ...each, inputs: { ...each.inputs, [key]: value } } : each));

test('a preview of the program as it is violates nothing, although much is unknown', async () => {
  expect(JSON.stringify(preview.resources)).toContain(UNKNOWN);
  expect(await reported(preview.resources)).toEqual([]);
});

test('nor does one of a stack that exists, where inputs are known', async () => {
  expect(JSON.stringify(update.resources)).not.toContain(UNKNOWN);
  expect(await reported(update.resources)).toEqual([]);
});

test('a preview that breaks a rule is refused with the resource and the problem', async () => {
  expect(await reported(changed('app', 'httpsOnly', false))).toContain(
    'tls-everywhere: app: httpsOnly is false, not true',
  );
  expect(await reported(changed('plan', 'tags', {}))).toContain('tags: plan: no tag stage');
  const unprotected = preview.resources.map((each) => (each.name === 'mysql' ? { ...each, protect: false } : each));
  expect(await reported(unprotected)).toContain('locks-and-protection-on-data: mysql: not protected');
  const hasty = preview.resources.map((each) => (each.name === 'app' ? { ...each, dependencies: [] } : each));
  expect((await reported(hasty)).join('\n')).toMatch(/dependency-order: app: does not wait for/);
});

test('every policy has a name that Pulumi takes, and its own', () => {
  const names = housePolicies().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z][a-z-]*[a-z]$/);
});
