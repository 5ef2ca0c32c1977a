import { beforeAll, describe, expect, test } from '@jest/globals';
import { evaluate } from '../evaluate/evaluate.ts';
import { ofKind, textAt } from '../evaluate/inputs.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';
import { isJsonObject, type Json, type JsonObject } from '../evaluate/values.ts';
import { GRANTED_IN_A_STAGE, ROLES } from '../program/components/identity/roles.ts';
import type { HouseRule } from './rule.ts';
import { HOUSE_RULES } from './rules.ts';

/** Everything that is off by default or made only when it is known. */
const DEPLOYER = {
  deployers: JSON.stringify([
    'dev:6f0c2a51-6f0e-4d0c-9b53-2f3a54d3c0de',
    'preview:7a1d3b62-6f0e-4d0c-9b53-2f3a54d3c0de',
    'prod:8b2e4c73-6f0e-4d0c-9b53-2f3a54d3c0de',
  ]),
};
const FULL = { ...DEPLOYER, 'sidecar.digest': `sha256:${'0'.repeat(64)}`, 'budget.startDate': '2026-12-01' };

/** A stack that was released to, with another PHP to go back to. */
const present = {
  planCapacity: 2,
  mysqlStorageGb: 64,
  released: true,
  sites: { production: { stack: 'PHP|8.4' }, staging: { stack: 'PHP|8.3' } },
};

let prod: Evaluation;
let others: readonly Evaluation[];
beforeAll(async () => {
  const update = (stage: string, config: Readonly<Record<string, string>>) =>
    evaluate({ stage, mode: 'update', config, present });
  prod = await update('prod', { ...FULL, 'edge.domain': 'www.example.org' });
  others = [
    await update('shared', DEPLOYER),
    await update('dev', FULL),
    await update('prod', {
      ...FULL,
      'cache.kind': 'classic',
      'media.mount': 'false',
      'edge.sku': 'Standard_AzureFrontDoor',
    }),
  ];
}, 240_000);

/** The evaluation with one resource made wrong. */
function withBroken(kind: string, name: string, change: (resource: RecordedResource) => RecordedResource): Evaluation {
  let found = false;
  const resources = prod.resources.map((resource) => {
    if (!resource.type.endsWith(`:${kind}`) || resource.name !== name) return resource;
    found = true;
    return change(resource);
  });
  if (!found) throw new Error(`no ${kind} ${name}`);
  return { ...prod, resources };
}

function without(kind: string, name: string, from = prod): Evaluation {
  return {
    ...from,
    resources: from.resources.filter((each) => !(each.type.endsWith(`:${kind}`) && each.name === name)),
  };
}

/** Sets one input, by a path of keys. */
const input =
  (path: string, value: Json) =>
  (resource: RecordedResource): RecordedResource => ({
    ...resource,
    inputs: set(resource.inputs, path.split('.'), value),
  });

function set(object: JsonObject, [head = '', ...rest]: readonly string[], value: Json): JsonObject {
  const below = object[head];
  return { ...object, [head]: rest.length === 0 ? value : set(isJsonObject(below) ? below : {}, rest, value) };
}

/** Waits for all subnets, and for nothing else. */
const onlySubnets = (resource: RecordedResource): RecordedResource => ({
  ...resource,
  dependencies: prod.resources.filter(({ type }) => type.endsWith(':Subnet')).map(({ urn }) => urn),
});

const onlyOrigins = (resource: RecordedResource): RecordedResource => ({
  ...resource,
  dependencies: prod.resources.filter(({ type }) => type.endsWith(':AFDOrigin')).map(({ urn }) => urn),
});

const waitsForNothing = (resource: RecordedResource): RecordedResource => ({ ...resource, dependencies: [] });

/** By rule: ways to break it. */
const BREAKAGES: Readonly<Record<string, readonly (readonly [string, () => Evaluation])[]>> = {
  'TLS everywhere': [
    [
      'an account that takes TLS 1.0',
      () => withBroken('StorageAccount', 'media', input('minimumTlsVersion', 'TLS1_0')),
    ],
    ['a site over http', () => withBroken('WebApp', 'app', input('httpsOnly', false))],
    ['FTP on the slot', () => withBroken('WebAppSlot', 'staging', input('siteConfig.ftpsState', 'AllAllowed'))],
    ['Redis without TLS', () => withBroken('Database', 'redis-database', input('clientProtocol', 'Plaintext'))],
    [
      'MySQL that does not insist',
      () => withBroken('Configuration', 'mysql-require-secure-transport', input('value', 'OFF')),
    ],
    [
      'Front Door speaking http to the app',
      () => withBroken('Route', 'production-app', input('forwardingProtocol', 'MatchRequest')),
    ],
  ],
  'no public data': [
    [
      'media open to the internet',
      () => withBroken('StorageAccount', 'media', input('publicNetworkAccess', 'Enabled')),
    ],
    [
      'endpoints that the security group does not reach',
      () => withBroken('Subnet', 'subnet-endpoints', input('privateEndpointNetworkPolicies', 'Disabled')),
    ],
    ['anonymous blobs', () => withBroken('BlobContainer', 'media-container', input('publicAccess', 'Blob'))],
    ['MySQL outside the network', () => withBroken('Server', 'mysql', input('network', {}))],
    [
      'Redis open to the internet',
      () => withBroken('RedisEnterprise', 'redis', input('publicNetworkAccess', 'Enabled')),
    ],
  ],
  'no shared keys': [
    ['keys without a mount', () => withBroken('WebAppAzureStorageAccounts', 'app-mounts', input('properties', {}))],
    ['a basic login on the slot', () => withBroken('WebAppScmAllowedSlot', 'staging-scm', input('allow', true))],
    ['nobody turned FTP logins off', () => without('WebAppFtpAllowed', 'app-ftp')],
  ],
  'identity, not keys': [
    ['a system identity', () => withBroken('WebApp', 'app', input('identity.type', 'SystemAssigned'))],
    [
      'a password as a setting',
      () => withBroken('WebAppApplicationSettings', 'app-settings', input('properties.DATABASE_PASSWORD', 'x')),
    ],
    [
      'a sidecar that sees every setting',
      () => withBroken('WebAppSiteContainer', 'app-sidecar', input('inheritAppSettingsAndConnectionStrings', true)),
    ],
    [
      'a vault read as somebody else',
      () => withBroken('WebAppSlot', 'staging', input('keyVaultReferenceIdentity', '/other')),
    ],
  ],
  'no plaintext secret': [
    ['a password not marked secret', () => withBroken('Server', 'mysql', (each) => ({ ...each, secretPaths: [] }))],
    [
      'a vault value not marked secret',
      () => withBroken('Secret', 'redis-key', (each) => ({ ...each, secretPaths: [] })),
    ],
    ['a secret in an output', () => ({ ...prod, outputs: { ...prod.outputs, oops: secretOf('database-password-a') } })],
    [
      'a copy beside the value that is marked',
      () =>
        withBroken('Secret', 'redis-key', (each) => {
          const properties = isJsonObject(each.inputs.properties) ? each.inputs.properties : {};
          return input('properties.valueCopy', properties.value ?? '')(each);
        }),
    ],
    [
      'a short secret in another input',
      () =>
        withBroken('AppServicePlan', 'plan', (each) => ({
          ...each,
          inputs: { ...each.inputs, marked: 'swordfish', open: 'swordfish' },
          secretPaths: ['marked'],
        })),
    ],
    ['a secret in a name', () => withBroken('AppServicePlan', 'plan', input('name', secretOf('release-token-1')))],
  ],
  tags: [
    ...['application', 'stage', 'managed-by'].map(
      (tag) => [`a plan without ${tag}`, () => withBroken('AppServicePlan', 'plan', input(`tags.${tag}`, ''))] as const,
    ),
  ],
  'locks and protection on data': [
    ['a database nobody protects', () => withBroken('Server', 'mysql', (each) => ({ ...each, protect: false }))],
    ['a slot nobody protects', () => withBroken('WebAppSlot', 'staging', (each) => ({ ...each, protect: false }))],
    [
      'a group that takes its data along',
      () => withBroken('ResourceGroup', 'group', (each) => ({ ...each, protect: false })),
    ],
    ['a vault nobody locks', () => without('ManagementLockByScope', 'keep-vault')],
  ],
  'diagnostics everywhere': [
    ['a silent slot', () => without('DiagnosticSetting', 'logs-of-staging')],
    ['a silent database', () => without('DiagnosticSetting', 'logs-of-mysql')],
    ['a plan that sends no metrics', () => withBroken('DiagnosticSetting', 'logs-of-plan', input('metrics', []))],
    [
      'a vault whose logs are off',
      () =>
        withBroken('DiagnosticSetting', 'logs-of-vault', input('logs', [{ categoryGroup: 'allLogs', enabled: false }])),
    ],
    [
      'a database with the categories of another type',
      () =>
        withBroken('DiagnosticSetting', 'logs-of-mysql', input('logs', [{ categoryGroup: 'allLogs', enabled: true }])),
    ],
  ],
  "the sidecar's environment": [
    [
      'a name nobody set',
      () =>
        withBroken(
          'WebAppSiteContainerSlot',
          'staging-sidecar',
          input('environmentVariables', [{ name: 'A', value: 'NOT_THERE' }]),
        ),
    ],
  ],
  'sticky settings': [
    [
      'a setting that differs and is not sticky',
      () => withBroken('WebAppApplicationSettingsSlot', 'staging-settings', input('properties.MEDIA_SCAN_MS', '1')),
    ],
    [
      'a sticky setting that only one side has',
      () =>
        withBroken('WebAppSlotConfigurationNames', 'sticky-names', input('appSettingNames', ['SLOT_NAME', 'OTHER'])),
    ],
  ],
  'app and slot alike': [
    [
      'another health check on the slot',
      () => withBroken('WebAppSlot', 'staging', input('siteConfig.healthCheckPath', '/other')),
    ],
  ],
  'warm-up and stop': [
    [
      'any status counts as warm',
      () =>
        withBroken(
          'WebAppApplicationSettings',
          'app-settings',
          input('properties.WEBSITE_SWAP_WARMUP_PING_STATUSES', '200,404'),
        ),
    ],
  ],
  'role assignments': [
    [
      'a role for nobody in particular',
      () => withBroken('RoleAssignment', 'app-writes-media', input('principalType', 'User')),
    ],
    [
      'a role on the whole group',
      () => withBroken('RoleAssignment', 'app-writes-media', input('scope', '/subscriptions/s/resourceGroups/g')),
    ],
    [
      'a role nobody uses',
      () =>
        without(
          'WebAppApplicationSettings',
          'app-settings',
          without('WebAppApplicationSettingsSlot', 'staging-settings'),
        ),
    ],
    ['a reference nobody may read', () => without('RoleAssignment', 'app-reads-redis-key')],
  ],
  'what others change is left alone': [
    [
      'settings that an up writes',
      () => withBroken('WebAppApplicationSettings', 'app-settings', (each) => ({ ...each, ignoreChanges: [] })),
    ],
    [
      'an image that an up writes',
      () => withBroken('WebAppSiteContainer', 'app-sidecar', (each) => ({ ...each, ignoreChanges: ['isMain'] })),
    ],
    [
      'a capacity that a new tag would throw back',
      () => withBroken('AppServicePlan', 'plan', (each) => ({ ...each, ignoreChanges: ['sku.capacity'] })),
    ],
    ['settings inline', () => withBroken('WebApp', 'app', input('siteConfig.appSettings', []))],
  ],
  'what a release writes': [
    [
      'a setting the release does not know',
      () => withBroken('WebAppApplicationSettings', 'app-settings', input('properties.NEW', '1')),
    ],
    ['nothing at all', () => ({ ...prod, outputs: {} })],
  ],
  'no nonsense in inputs': [
    ['a value that was not there', () => withBroken('WebApp', 'app', input('name', 'app-undefined'))],
  ],
  'dependency order': [
    ['MySQL before its name', () => withBroken('Server', 'mysql', waitsForNothing)],
    ['the app before its roles', () => withBroken('WebApp', 'app', waitsForNothing)],
    ['a sidecar before its settings', () => withBroken('WebAppSiteContainer', 'app-sidecar', waitsForNothing)],
    ['a route before the WAF', () => withBroken('Route', 'production-media', waitsForNothing)],
    ['a route after its origins, but before the WAF', () => withBroken('Route', 'production-media', onlyOrigins)],
    ['a lock before what it holds', () => withBroken('ManagementLockByScope', 'keep-media', waitsForNothing)],
    ['an endpoint while a subnet is written', () => withBroken('PrivateEndpoint', 'endpoint-media', waitsForNothing)],
    ['two endpoints at the same time', () => withBroken('PrivateEndpoint', 'endpoint-redis', onlySubnets)],
    ['MySQL while an endpoint joins', () => withBroken('Server', 'mysql', onlySubnets)],
    [
      'a zone linked while a subnet is written',
      () => withBroken('VirtualNetworkLink', 'zone-redis-link', waitsForNothing),
    ],
    [
      'app and slot joining at the same time',
      () => withBroken('WebAppSwiftVirtualNetworkConnectionSlot', 'staging-network', onlySubnets),
    ],
    ['subnets at the same time', () => withBroken('Subnet', 'subnet-endpoints', waitsForNothing)],
    ['writes to a site at the same time', () => withBroken('WebAppScmAllowed', 'app-scm', waitsForNothing)],
  ],
  'alerts reach somebody': [
    ['no alerts', () => ({ ...prod, resources: prod.resources.filter(({ name }) => !name.startsWith('alert-')) })],
    ['an alert that watches nothing', () => withBroken('MetricAlert', 'alert-plan-cpu', input('scopes', []))],
    ['an alert that is off', () => withBroken('ScheduledQueryRule', 'alert-sidecar-absent', input('enabled', false))],
    [
      'a budget that warns too late',
      () => withBroken('Budget', 'budget', input('notifications.actual80.threshold', 100)),
    ],
    ['an alert without a page', () => withBroken('MetricAlert', 'alert-app-5xx', input('description', 'Errors.'))],
    ['an alert for nobody', () => withBroken('MetricAlert', 'alert-app-5xx', input('actions', []))],
  ],
  'destroy gets through': [
    [
      'a parameter deleted on its own',
      () => withBroken('Configuration', 'mysql-tls-version', (each) => ({ ...each, deletedWith: '' })),
    ],
    [
      'a database deleted on its own',
      () => withBroken('Database', 'mysql-database', (each) => ({ ...each, deletedWith: '' })),
    ],
    ['a site deleted while it is integrated', () => without('WebAppSwiftVirtualNetworkConnection', 'app-network')],
  ],
};

function secretOf(name: string): string {
  const secret = prod.resources.find((each) => each.type === 'azure-native:keyvault:Secret' && each.name === name);
  const properties = secret?.inputs.properties;
  return isJsonObject(properties) ? String(properties.value) : '';
}

test.each(HOUSE_RULES.map((rule) => [rule.name, rule] as const))('%s: holds in every stage', (_, rule) => {
  for (const evaluation of [prod, ...others]) expect(rule.findings(evaluation)).toEqual([]);
});

test('every rule is seen broken below', () => {
  expect(Object.keys(BREAKAGES).toSorted()).toEqual(HOUSE_RULES.map(({ name }) => name).toSorted());
});

describe.each(HOUSE_RULES.map((rule) => [rule.name, rule] as const))('%s', (name: string, rule: HouseRule) => {
  test.each([...(BREAKAGES[name] ?? [])])('finds %s', (_, broken) => {
    expect(rule.findings(broken())).not.toEqual([]);
  });
});

test('a sidecar waits for the settings of its own site, not for those of the other slot', () => {
  const own = prod.resources.filter(({ name }) => name === 'app-settings').map(({ urn }) => urn);
  const rule = HOUSE_RULES.find(({ name }) => name === 'dependency order');
  const evaluation = withBroken('WebAppSiteContainer', 'app-sidecar', (each) => ({ ...each, dependencies: own }));
  const problems = rule?.findings(evaluation).filter(({ resource }) => resource === 'app-sidecar') ?? [];
  expect(problems.filter(({ problem }) => /wait for (app|staging)-settings/.test(problem))).toEqual([]);
});

test("the pipeline of a stage may give every role that its stage gives, and reads the tokens of its own stage's releases", () => {
  for (const evaluation of [prod, ...others.filter(({ stage }) => stage !== 'shared')]) {
    const assignments = ofKind(evaluation, 'authorization:RoleAssignment');
    const roles = assignments
      .filter((assignment) => !textAt(assignment, 'scope').includes('/registries/'))
      .map((assignment) => textAt(assignment, 'roleDefinitionId').split('/').at(-1));
    expect(GRANTED_IN_A_STAGE.map((role) => ROLES[role])).toEqual(expect.arrayContaining(roles));
    const readers = assignments
      .filter(({ name }) => name.startsWith('deployer-'))
      .map((each) => textAt(each, 'principalId'));
    const own = JSON.parse(DEPLOYER.deployers).filter((entry: string) => entry.startsWith(`${evaluation.stage}:`));
    expect(new Set(readers)).toEqual(new Set(own.map((entry: string) => entry.split(':')[1])));
  }
});
