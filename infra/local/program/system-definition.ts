import { ofKind } from '../../evaluate/inputs.ts';
import type { Evaluation, RecordedResource } from '../../evaluate/recorded.ts';
import { guidFor } from '../../evaluate/subscription.ts';
import { SlipError } from '../../lib/errors.ts';
import { isObject } from '../../lib/json.ts';
import { asWanted, type WantedConfiguration } from '../../lib/wanted.ts';

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage */
const BLOB_DATA_CONTRIBUTOR = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';

/** An identity of the app, by the ids that Azure would generate. */
export interface AssignedIdentity {
  readonly clientId: string;
  readonly principalId: string;
}

/** The principal may read and write the blobs of the container. */
export interface BlobGrant {
  readonly principalId: string;
  readonly account: string;
  readonly container: string;
}

export interface AccountDefinition {
  readonly name: string;
  readonly containers: readonly string[];
  /** Of Azure Files. */
  readonly shares: readonly string[];
}

/** The parts of the evaluated program that have a counterpart on this machine. */
export interface SystemDefinition {
  readonly evaluation: Evaluation;
  readonly app: RecordedResource;
  readonly slot: RecordedResource;
  readonly plan: RecordedResource;
  readonly resourceGroup: string;
  readonly accounts: readonly AccountDefinition[];
  /** `password` may be a placeholder. */
  readonly database: { readonly name: string; readonly user: string; readonly password: string };
  /** The placeholder of the access key that clients of Redis use. */
  readonly redisKey: { readonly urn: string; readonly path: string };
  /** Vault name to secret name to value; a value may be a placeholder. */
  readonly vaults: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly identities: readonly AssignedIdentity[];
  readonly blobGrants: readonly BlobGrant[];
  readonly wanted: WantedConfiguration;
}

/** Reads the program's resources. Throws SLIP-LOCAL-PROGRAM when one that the region needs is missing. */
export function readDefinition(evaluation: Evaluation): SystemDefinition {
  const all = (type: string) => ofKind(evaluation, type);
  const one = (type: string): RecordedResource => all(type)[0] ?? missing(`resource of type ${type}`);
  const app = one('web:WebApp');
  const server = one('dbformysql:Server');
  const database = one('dbformysql:Database');
  const cache = all('redisenterprise:Database')[0] ?? all('redis:Redis')[0] ?? missing('Redis');
  return {
    evaluation,
    app,
    slot: one('web:WebAppSlot'),
    plan: one('web:AppServicePlan'),
    resourceGroup: text(app.inputs, 'resourceGroupName'),
    accounts: readAccounts(evaluation),
    database: {
      name: text(database.inputs, 'databaseName'),
      user: text(server.inputs, 'administratorLogin'),
      password: text(server.inputs, 'administratorLoginPassword'),
    },
    redisKey: { urn: cache.urn, path: 'listKeys.primaryKey' },
    vaults: readVaults(all('keyvault:Secret')),
    identities: all('managedidentity:UserAssignedIdentity').map(({ urn }) => ({
      clientId: guidFor(`${urn}.clientId`),
      principalId: guidFor(`${urn}.principalId`),
    })),
    blobGrants: readGrants(all('authorization:RoleAssignment')),
    wanted: asWanted(evaluation.outputs.wanted, (path) => lacks(`stack output \`${path}\``)),
  };
}

/** The storage accounts of the stage, and the account of the shared stack with the releases container. */
function readAccounts(evaluation: Evaluation): AccountDefinition[] {
  const { outputs } = evaluation;
  const below = (account: string, kind: string, key: string) =>
    ofKind(evaluation, kind)
      .filter(({ inputs }) => inputs.accountName === account)
      .map(({ inputs }) => text(inputs, key));
  const own = ofKind(evaluation, 'storage:StorageAccount').map(({ inputs }) => {
    const name = text(inputs, 'accountName');
    return {
      name,
      containers: below(name, 'storage:BlobContainer', 'containerName'),
      shares: below(name, 'storage:FileShare', 'shareName'),
    };
  });
  const releases = {
    name: text(outputs, 'releasesAccount'),
    containers: [text(outputs, 'releasesContainer')],
    shares: [],
  };
  return own.some((account) => account.name === releases.name) ? own : [...own, releases];
}

/** Role assignments on containers; those on other resources have no counterpart here. */
function readGrants(assignments: readonly RecordedResource[]): BlobGrant[] {
  const containerId = /\/storageAccounts\/([^/]+)\/blobServices\/default\/containers\/([^/]+)$/;
  return assignments.flatMap(({ inputs }) => {
    const [, account, container] = containerId.exec(text(inputs, 'scope')) ?? [];
    const isContributor = text(inputs, 'roleDefinitionId').endsWith(BLOB_DATA_CONTRIBUTOR);
    if (account === undefined || container === undefined || !isContributor) return [];
    return [{ principalId: text(inputs, 'principalId'), account, container }];
  });
}

function readVaults(secrets: readonly RecordedResource[]): Map<string, Map<string, string>> {
  const vaults = new Map<string, Map<string, string>>();
  for (const { inputs } of secrets) {
    const vault = text(inputs, 'vaultName');
    const values = vaults.get(vault) ?? new Map<string, string>();
    const properties = inputs.properties;
    values.set(text(inputs, 'secretName'), text(isObject(properties) ? properties : {}, 'value'));
    vaults.set(vault, values);
  }
  return vaults;
}

function text(from: Readonly<Record<string, unknown>>, key: string): string {
  const value = from[key];
  return typeof value === 'string' ? value : missing(`text \`${key}\` (found ${JSON.stringify(value) ?? 'nothing'})`);
}

function missing(what: string): never {
  throw lacks(what);
}

function lacks(what: string): SlipError {
  return new SlipError('SLIP-LOCAL-PROGRAM', {
    found: `the evaluated program has no ${what}`,
    expected: 'it: the local region runs its counterpart',
    fix: 'see infra/program/system.ts and infra/local/program/system-definition.ts',
  });
}
