import { expect, test } from '@jest/globals';
import type { Evaluation, RecordedResource } from '../../evaluate/recorded.ts';
import type { JsonObject } from '../../evaluate/values.ts';
import { upEffect } from './up-effect.ts';

const NOTHING = {
  isProtected: [],
  refusals: [],
  locked: [],
  created: [],
  deleted: [],
  replaced: [],
  updated: [],
  restarts: [],
  released: [],
};

function resource(
  kind: string,
  name: string,
  inputs: JsonObject,
  options: Partial<RecordedResource> = {},
): RecordedResource {
  const type = kind.startsWith('random:') ? kind : `azure-native:${kind}`;
  return {
    type,
    name,
    urn: `urn:pulumi:prod::slipway::${type}::${name}`,
    id: name,
    custom: true,
    inputs,
    secretPaths: [],
    dependencies: [],
    propertyDependencies: {},
    additionalSecretOutputs: [],
    aliases: [],
    typeAliases: [],
    packageName: '',
    ignoreChanges: [],
    replaceOnChanges: [],
    protect: false,
    retainOnDelete: false,
    deletedWith: '',
    deleteBeforeReplace: false,
    ...options,
  };
}

function stack(resources: readonly RecordedResource[], outputs: JsonObject = {}): Evaluation {
  return {
    stage: 'prod',
    mode: 'update',
    resources,
    outputs,
    secretOutputs: [],
    packages: [],
    logs: [],
    seconds: 0,
    cpuSeconds: 0,
    peakRssMb: 0,
  };
}

const app = (inputs: JsonObject) => resource('web:WebApp', 'app', inputs);

test('the same program does nothing', () => {
  const same = stack([app({ httpsOnly: true })]);
  expect(upEffect(same, same)).toEqual(NOTHING);
});

test('an input of a site restarts it, its tags do not', () => {
  const before = stack([
    app({ httpsOnly: false, tags: {} }),
    resource('web:WebAppSlot', 'staging', { httpsOnly: false }),
  ]);
  const tagged = stack([app({ httpsOnly: false, tags: { a: 'b' } }), ...before.resources.slice(1)]);
  expect(upEffect(before, tagged)).toEqual({ ...NOTHING, updated: [{ name: 'app', paths: ['tags.a'] }] });
  const changed = stack([app({ httpsOnly: true, tags: {} }), ...before.resources.slice(1)]);
  expect(upEffect(before, changed).restarts).toEqual(['production']);
});

test('a site container that comes or goes restarts its site', () => {
  const sidecar = resource('web:WebAppSiteContainerSlot', 'staging-sidecar', {});
  expect(upEffect(stack([]), stack([sidecar]))).toEqual({
    ...NOTHING,
    created: ['staging-sidecar'],
    restarts: ['staging'],
  });
  expect(upEffect(stack([sidecar]), stack([])).restarts).toEqual(['staging']);
});

test('what lies below a lock stays, and goes when the lock goes with it', () => {
  const container = resource('web:WebAppSiteContainer', 'app-sidecar', {}, { id: '/sites/app/sitecontainers/sidecar' });
  const lock = resource('authorization:ManagementLockByScope', 'keep-app', { scope: '/sites/app' });
  expect(upEffect(stack([container, lock]), stack([lock]))).toEqual({ ...NOTHING, locked: ['app-sidecar'] });
  expect(upEffect(stack([container, lock]), stack([]))).toEqual({
    ...NOTHING,
    deleted: ['app-sidecar', 'keep-app'],
    restarts: ['production'],
  });
});

test('nothing is done when something protected would go', () => {
  const [before, after] = ['westeurope', 'swedencentral'].map((location) =>
    stack([resource('keyvault:Vault', 'vault', { location }, { protect: true }), app({ location })]),
  );
  expect(before && after && upEffect(before, after)).toEqual({ ...NOTHING, isProtected: ['vault'] });
});

test('a new password is written to the secrets that are made of it', () => {
  const evaluated = (rotation: string) => {
    const password = resource('random:index/randomPassword:RandomPassword', 'token', { keepers: { rotation } });
    const secret = resource(
      'keyvault:Secret',
      'token',
      { properties: { value: '{{token.result}}' } },
      { propertyDependencies: { properties: [password.urn] } },
    );
    return stack([password, secret]);
  };
  expect(upEffect(evaluated('1'), evaluated('2'))).toEqual({
    ...NOTHING,
    replaced: ['token'],
    updated: [{ name: 'token', paths: ['properties'] }],
  });
});

test('what Azure fixes at creation is refused by Azure, and by its value', () => {
  const server = (mode: string, geoRedundantBackup: string) =>
    stack([resource('dbformysql:Server', 'mysql', { highAvailability: { mode }, backup: { geoRedundantBackup } })]);
  const refused = (before: Evaluation, after: Evaluation) => upEffect(before, after).refusals.map(({ path }) => path);
  expect(refused(server('ZoneRedundant', 'Enabled'), server('Disabled', 'Enabled'))).toEqual([]);
  expect(refused(server('Disabled', 'Enabled'), server('ZoneRedundant', 'Enabled'))).toEqual(['highAvailability.mode']);
  expect(refused(server('Disabled', 'Disabled'), server('Disabled', 'Enabled'))).toEqual([]);
  expect(refused(server('ZoneRedundant', 'Disabled'), server('ZoneRedundant', 'Enabled'))).toEqual([
    'backup.geoRedundantBackup',
  ]);
  const account = (name: string) => stack([resource('storage:StorageAccount', 'media', { sku: { name } })]);
  expect(refused(account('Standard_ZRS'), account('Standard_GZRS'))).toEqual([]);
  expect(refused(account('Standard_LRS'), account('Standard_ZRS'))).toEqual(['sku.name']);
});

test('what the next release takes is named, other outputs are not', () => {
  const [before, after] = ['PHP|8.4', 'PHP|8.5'].map((stackName) =>
    stack([], { wanted: { stack: stackName }, other: stackName }),
  );
  expect(before && after && upEffect(before, after)).toEqual({ ...NOTHING, released: ['wanted.stack'] });
});
