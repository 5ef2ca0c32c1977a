import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Evaluation, RecordedResource } from '../../evaluate/recorded.ts';
import { AppSecrets } from '../../lib/app-secrets.ts';
import { statePaths } from '../state/paths.ts';
import { accountKey, createResolver, resolveText } from './resolver.ts';
import { Secrets } from './secrets.ts';
import { readDefinition } from './system-definition.ts';

const IDENTITY = 'urn:pulumi:dev::shop::azure-native:managedidentity:UserAssignedIdentity::identity';
const CONTRIBUTOR = '/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe';
const MEDIA_CONTAINER = '/x/storageAccounts/stmedia/blobServices/default/containers/media';
let resources: { type: string; inputs: Record<string, unknown> }[];
let outputs: Record<string, unknown>;

beforeEach(() => {
  resources = [
    { type: 'web:WebApp', inputs: { name: 'shop', resourceGroupName: 'rg-shop' } },
    { type: 'web:WebAppSlot', inputs: {} },
    { type: 'web:AppServicePlan', inputs: {} },
    { type: 'dbformysql:Server', inputs: { administratorLogin: 'shop', administratorLoginPassword: 'pw' } },
    { type: 'dbformysql:Database', inputs: { databaseName: 'shop' } },
    { type: 'redisenterprise:Database', inputs: {} },
    { type: 'storage:StorageAccount', inputs: { accountName: 'stmedia' } },
    { type: 'storage:BlobContainer', inputs: { accountName: 'stmedia', containerName: 'media' } },
    { type: 'storage:FileShare', inputs: { accountName: 'stmedia', shareName: 'shared' } },
    { type: 'managedidentity:UserAssignedIdentity', inputs: {} },
    { type: 'authorization:RoleAssignment', inputs: role(MEDIA_CONTAINER) },
    { type: 'keyvault:Secret', inputs: { vaultName: 'kv', secretName: 'plain', properties: { value: 'secret' } } },
    {
      type: 'keyvault:Secret',
      inputs: { vaultName: 'kv', secretName: 'made', properties: { value: `{{${IDENTITY}.result}}` } },
    },
  ];
  outputs = {
    releasesAccount: 'streleases',
    releasesContainer: 'releases',
    wanted: {
      stack: 'PHP|8.4',
      command: 'bash start.sh',
      mounts: {},
      settings: { A: '1' },
      siteContainers: [],
      slotStickyNames: ['SLOT_NAME'],
      stickySettings: { production: { SLOT_NAME: 'production' }, staging: { SLOT_NAME: 'staging' } },
    },
  };
});

function role(scope: string, definition = CONTRIBUTOR): Record<string, unknown> {
  return { principalId: 'app', scope, roleDefinitionId: `/subscriptions/x${definition}` };
}

function evaluation(): Evaluation {
  const recorded = resources.map(({ type, inputs }) => ({
    type: `azure-native:${type}`,
    urn: `urn:pulumi:dev::shop::azure-native:${type}::${type === 'managedidentity:UserAssignedIdentity' ? 'identity' : type.replace(':', '-')}`,
    inputs,
  }));
  return { stage: 'dev', resources: recorded as unknown as RecordedResource[], outputs } as unknown as Evaluation;
}

describe('the system that the program describes', () => {
  test('has the accounts of the stage and that of releases', () => {
    expect(readDefinition(evaluation()).accounts).toEqual([
      { name: 'stmedia', containers: ['media'], shares: ['shared'] },
      { name: 'streleases', containers: ['releases'], shares: [] },
    ]);
  });

  test('has the account of releases once when the stage has it too', () => {
    outputs.releasesAccount = 'stmedia';
    expect(readDefinition(evaluation()).accounts).toEqual([
      { name: 'stmedia', containers: ['media'], shares: ['shared'] },
    ]);
  });

  test('gives the identity the containers that it may write, and nothing else that it has a role on', () => {
    resources.push({ type: 'authorization:RoleAssignment', inputs: role(MEDIA_CONTAINER, '/roleDefinitions/reader') });
    resources.push({ type: 'authorization:RoleAssignment', inputs: role('/x/vaults/kv/secrets/plain') });
    expect(readDefinition(evaluation()).blobGrants).toEqual([
      { principalId: 'app', account: 'stmedia', container: 'media' },
    ]);
  });

  test.each(['web:WebApp', 'dbformysql:Server', 'redisenterprise:Database'])(
    'without %s is refused by its name',
    (type) => {
      resources = resources.filter((resource) => resource.type !== type);
      expect(() => readDefinition(evaluation())).toThrow('SLIP-LOCAL-PROGRAM');
    },
  );

  test('without what a release writes is refused by the member that is missing', () => {
    outputs.wanted = { ...(outputs.wanted as object), settings: {} };
    expect(() => readDefinition(evaluation())).toThrow('stack output `wanted.settings`');
  });
});

describe('values that Azure would generate', () => {
  const endpoints = {
    mysql: { host: '127.0.0.1', port: 1 },
    redis: { host: '127.0.0.1', port: 2 },
    production: '127.0.0.1:3',
    staging: '127.0.0.1:4',
    ingestion: 'https://127.0.0.1:5/',
    blob: (account: string) => `https://127.0.0.1:6/${account}`,
  };
  const urn = (type: string) => `urn:pulumi:dev::shop::azure-native:${type}::${type.replace(':', '-')}`;

  async function resolved() {
    const directory = await mkdtemp(join(tmpdir(), 'sw-program-'));
    const secrets = await Secrets.open(statePaths(directory));
    const resolver = createResolver(readDefinition(evaluation()), endpoints, secrets, new AppSecrets(directory));
    return { resolver, secrets, remove: () => secrets.saved().then(() => rm(directory, { recursive: true })) };
  }

  test('are the counterparts of this machine', async () => {
    const { resolver, secrets, remove } = await resolved();
    const value = (type: string, path: string) => resolveText(`{{${urn(type)}.${path}}}`, resolver);
    expect(value('storage:StorageAccount', 'primaryEndpoints.blob')).toBe('https://127.0.0.1:6/stmedia/');
    expect(value('storage:StorageAccount', 'listKeys.keys[0].value')).toBe(accountKey('stmedia', secrets));
    expect(value('dbformysql:Server', 'fullyQualifiedDomainName')).toBe('127.0.0.1');
    expect(value('dbformysql:Server', 'databasePort')).toBe('1');
    expect(value('redisenterprise:Database', 'port')).toBe('2');
    expect(value('web:WebApp', 'defaultHostName')).toBe('127.0.0.1:3');
    expect(value('web:WebAppSlot', 'defaultHostName')).toBe('127.0.0.1:4');
    await remove();
  });

  test('without a counterpart stay placeholders', async () => {
    const { resolver, remove } = await resolved();
    const text = `{{${urn('web:WebApp')}.outboundIpAddresses}}`;
    expect(resolveText(text, resolver)).toBe(text);
    await remove();
  });

  test('are put into secrets that refer to them, and a secret that nobody created is none', async () => {
    const { resolver, secrets, remove } = await resolved();
    expect(resolver.secret('kv', 'plain')).toBe('secret');
    expect(resolver.secret('kv', 'made')).toBe(secrets.get(`${IDENTITY}.result`));
    expect(resolver.secret('kv', 'other')).toBeUndefined();
    expect(resolver.secret('other', 'plain')).toBeUndefined();
    await remove();
  });

  test('are the same at the next start', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sw-program-'));
    const first = await Secrets.open(statePaths(directory));
    const value = first.get('name');
    await first.saved();
    expect((await Secrets.open(statePaths(directory))).get('name')).toBe(value);
    await rm(directory, { recursive: true });
  });
});
