import { SlipError } from '../lib/errors.ts';
import { AZURE_TYPES, azureTypeName } from './azure-types.ts';
import { placeholder } from './placeholders.ts';
import type { RecordedResource } from './recorded.ts';
import { type Account, DEPLOYER_CLIENT_ID, DEPLOYER_OBJECT_ID, guidFor } from './subscription.ts';
import { isJsonObject, type Json, type JsonObject, wrapSecret } from './values.ts';

/** A provider's answer to one registration. */
export interface Answer {
  readonly id: string;
  readonly outputs: JsonObject;
}

/** Secret outputs of types that are not Azure's. */
const SECRET_OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  'random:index/randomPassword:RandomPassword': ['result'],
};

/** Azure's answer, computed from the inputs, the URN and the account. */
export function answerFor(
  resource: Pick<RecordedResource, 'type' | 'urn' | 'name' | 'inputs'>,
  account: Account,
): Answer {
  const { type, urn, name, inputs } = resource;
  const azure = azureTypeName(type);
  if (azure === undefined) {
    const outputs: JsonObject = {};
    for (const path of SECRET_OUTPUTS[type] ?? []) outputs[path] = wrapSecret(placeholder({ urn, path }));
    return { id: name, outputs };
  }
  const known = AZURE_TYPES[azure];
  const id = azureId(known?.id ?? `${azure.replace(':', '/')}/${name}`, inputs, account);
  const outputs: JsonObject = { name: id.slice(id.lastIndexOf('/') + 1) };
  for (const path of known?.created ?? []) setPath(outputs, path, placeholder({ urn, path }));
  for (const path of known?.guids ?? [])
    setPath(outputs, path, path === 'tenantId' ? account.tenantId : guidFor(`${urn}.${path}`));
  return { id, outputs };
}

function azureId(template: string, inputs: JsonObject, { subscriptionId }: Account): string {
  const group = typeof inputs.resourceGroupName === 'string' ? inputs.resourceGroupName : '';
  const whole = /^[{/]/.test(template)
    ? template
    : `/subscriptions/{subscription}/resourceGroups/${group}/providers/${template}`;
  return whole.replace(/\{(\w+)\}/g, (_, key: string) => {
    if (key === 'subscription') return subscriptionId;
    const value = inputs[key];
    return typeof value === 'string' ? value : '';
  });
}

function setPath(target: JsonObject, path: string, value: Json): void {
  const [head = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  const child = target[head];
  const below = isJsonObject(child) ? child : {};
  target[head] = below;
  setPath(below, rest.join('.'), value);
}

/** Inputs, which Azure returns as outputs, overlaid with the outputs. Both in wire form, so that secrets stay secret. */
export function overlay(inputs: JsonObject, outputs: JsonObject): JsonObject {
  const merged: JsonObject = { ...inputs };
  for (const [key, value] of Object.entries(outputs)) {
    const below = merged[key];
    merged[key] = isJsonObject(below) && isJsonObject(value) ? { ...below, ...value } : value;
  }
  return merged;
}

/** A function of Azure that answers about a resource of the program. */
interface Lookup {
  readonly type: string;
  /** Arguments that identify the resource, equal to inputs of it. */
  readonly by: readonly string[];
  readonly answer: (urn: string) => JsonObject;
}

const keyOf = (urn: string, path: string): string => placeholder({ urn, path });

const LOOKUPS: Readonly<Record<string, Lookup>> = {
  'azure-native:storage:listStorageAccountKeys': {
    type: 'azure-native:storage:StorageAccount',
    by: ['resourceGroupName', 'accountName'],
    answer: (urn) => ({
      keys: [0, 1].map((n) => ({
        keyName: `key${n + 1}`,
        permissions: 'Full',
        value: keyOf(urn, `listKeys.keys[${n}].value`),
      })),
    }),
  },
  'azure-native:redisenterprise:listDatabaseKeys': {
    type: 'azure-native:redisenterprise:Database',
    by: ['resourceGroupName', 'clusterName', 'databaseName'],
    answer: (urn) => ({
      primaryKey: keyOf(urn, 'listKeys.primaryKey'),
      secondaryKey: keyOf(urn, 'listKeys.secondaryKey'),
    }),
  },
  'azure-native:redis:listRedisKeys': {
    type: 'azure-native:redis:Redis',
    by: ['resourceGroupName', 'name'],
    answer: (urn) => ({
      primaryKey: keyOf(urn, 'listKeys.primaryKey'),
      secondaryKey: keyOf(urn, 'listKeys.secondaryKey'),
    }),
  },
};

/** Functions that read what is in Azure now, with a resource of the given values or none. */
const PRESENT: Readonly<Record<string, (present: PresentInAzure) => JsonObject | undefined>> = {
  'web:getAppServicePlan': ({ planCapacity: capacity }) => (capacity === undefined ? undefined : { sku: { capacity } }),
  'web:getWebApp': ({ released = false, sites }) =>
    released || sites !== undefined
      ? {
          ...(released ? { slotSwapStatus: { timestampUtc: '2026-11-28T00:00:00Z' } } : {}),
          siteConfig: siteConfigOf(sites?.production),
        }
      : undefined,
  'web:getWebAppSlot': ({ sites }) => (sites === undefined ? undefined : { siteConfig: siteConfigOf(sites.staging) }),
  'web:listWebAppApplicationSettings': ({ sites }) =>
    sites === undefined ? undefined : { properties: settingsOf(sites.production) },
  'web:listWebAppAzureStorageAccounts': ({ sites }) => mountsOf(sites?.production),
  'web:listWebAppAzureStorageAccountsSlot': ({ sites }) => mountsOf(sites?.staging),
  'dbformysql:getServer': ({ mysqlStorageGb: storageSizeGB }) =>
    storageSizeGB === undefined ? undefined : { storage: { storageSizeGB } },
};

const siteConfigOf = (site: SiteInAzure | undefined): JsonObject => ({
  linuxFxVersion: site?.stack ?? '',
});

function settingsOf({ rotation }: SiteInAzure): JsonObject {
  return rotation === undefined ? {} : { CREDENTIALS_ROTATION: String(rotation) };
}

function mountsOf(site: SiteInAzure | undefined): JsonObject | undefined {
  if (site === undefined) return undefined;
  return { properties: Object.fromEntries((site.mounts ?? []).map((accountName, n) => [`m${n}`, { accountName }])) };
}

export interface SiteInAzure {
  /** `linuxFxVersion` */
  readonly stack: string;
  /** `secrets.rotation` that its version was released with. */
  readonly rotation?: number;
  /** Names of the accounts that are mounted. */
  readonly mounts?: readonly string[];
}

/** What an evaluation finds in Azure. Default: nothing, as before a first `up`. */
export interface PresentInAzure {
  readonly planCapacity?: number;
  readonly mysqlStorageGb?: number;
  readonly sites?: Readonly<Record<'production' | 'staging', SiteInAzure>>;
  /** Production has been released to. */
  readonly released?: boolean;
}

export interface Invocation {
  readonly token: string;
  readonly args: JsonObject;
  readonly account: Account;
  readonly present: PresentInAzure;
}

/** The answer to an invoke. Throws SLIP-EVALUATE-INVOKE for a function that is not known here. */
export function answerInvoke(
  { token, args, account, present }: Invocation,
  resources: readonly RecordedResource[],
): JsonObject {
  if (token === 'azure-native:authorization:getClientConfig') {
    return {
      clientId: DEPLOYER_CLIENT_ID,
      objectId: DEPLOYER_OBJECT_ID,
      ...account,
    };
  }
  const read = PRESENT[azureTypeName(token) ?? ''];
  if (read !== undefined) {
    const answer = read(present);
    if (answer !== undefined) return answer;
    throw new Error(`invocation of ${token} returned an error: Status=404 Code="ResourceNotFound"`);
  }
  const lookup = LOOKUPS[token];
  const found =
    lookup && resources.find((r) => r.type === lookup.type && lookup.by.every((key) => r.inputs[key] === args[key]));
  if (lookup === undefined || found === undefined) {
    throw new SlipError('SLIP-EVALUATE-INVOKE', {
      found: `the program calls ${token}(${JSON.stringify(args)})`,
      expected: lookup
        ? `a ${lookup.type} with that name in the program`
        : `one of ${[...Object.keys(LOOKUPS), ...Object.keys(PRESENT)].join(', ')}`,
      fix: 'add the answer of Azure to infra/evaluate/answers.ts',
    });
  }
  return lookup.answer(found.urn);
}
