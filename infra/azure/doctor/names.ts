import { kindOf, ofKind, textAt } from '../../evaluate/inputs.ts';
import type { RecordedResource } from '../../evaluate/recorded.ts';
import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { fieldOf, textOf } from '../../lib/json.ts';
import { type Check, type CheckContext, type Finding, fine, problem, unknown } from './check.ts';

const NAME = 'names';
const RENAME = 'pulumi config set slipway:generation N makes new names';

/** How Azure is asked whether a name of this type is free. */
interface NameCheck {
  readonly name: string;
  /** Below the subscription. */
  readonly path: (location: string) => string;
  readonly type: string;
  readonly api: string;
}

const NAME_CHECKS: Readonly<Record<string, NameCheck>> = {
  'web:WebApp': {
    name: 'name',
    path: () => 'Microsoft.Web/checknameavailability',
    type: 'Microsoft.Web/sites',
    api: AZURE_API.appService,
  },
  'storage:StorageAccount': {
    name: 'accountName',
    path: () => 'Microsoft.Storage/checkNameAvailability',
    type: 'Microsoft.Storage/storageAccounts',
    api: AZURE_API.storage,
  },
  'keyvault:Vault': {
    name: 'vaultName',
    path: () => 'Microsoft.KeyVault/checkNameAvailability',
    type: 'Microsoft.KeyVault/vaults',
    api: AZURE_API.keyVault,
  },
  'dbformysql:Server': {
    name: 'serverName',
    path: (location) => `Microsoft.DBforMySQL/locations/${location}/checkNameAvailability`,
    type: 'Microsoft.DBforMySQL/flexibleServers',
    api: AZURE_API.mysql,
  },
  'containerregistry:Registry': {
    name: 'registryName',
    path: () => 'Microsoft.ContainerRegistry/checkNameAvailability',
    type: 'Microsoft.ContainerRegistry/registries',
    api: AZURE_API.registry,
  },
};

/** Globally unique names have to be free or ours already. */
export const names: Check = {
  name: NAME,
  run: async (context) => {
    const resources = ofKind(context.evaluation, ...Object.keys(NAME_CHECKS));
    const findings = await Promise.all(resources.map((resource) => checkOne(context, resource)));
    const wrong = findings.filter(({ verdict }) => verdict !== 'fine');
    return wrong.length > 0 ? wrong : [fine(NAME, `all ${findings.length} that must be unique are free or ours`)];
  },
};

async function checkOne(context: CheckContext, resource: RecordedResource): Promise<Finding> {
  const question = NAME_CHECKS[kindOf(resource)];
  if (question === undefined) return fine(NAME, resource.name);
  const { arm, subscriptionId, location } = context;
  const name = textAt(resource, question.name);
  const ours = await arm.get(resource.id, question.api);
  if (ours.status === 200) return fine(NAME, `${name} is ours already`);
  const path = `/subscriptions/${subscriptionId}/providers/${question.path(location)}`;
  const answer = await arm.post(path, question.api, { name, type: question.type });
  const free = fieldOf(answer.body, 'nameAvailable');
  if (answer.status !== 200 || typeof free !== 'boolean') return unknown(NAME, `whether ${name} is free`, answer);
  if (free) return fine(NAME, `${name} is free`);
  const deleted = question.type === 'Microsoft.KeyVault/vaults' && (await isDeleted(context, name));
  if (deleted)
    return problem(
      NAME,
      `a deleted vault still holds the name ${name}`,
      `az keyvault purge --name ${name}, where it is allowed; else ${RENAME}`,
    );
  return problem(NAME, `${name} is taken: ${textOf(answer.body, 'message') || textOf(answer.body, 'reason')}`, RENAME);
}

/** https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/get-deleted */
async function isDeleted({ arm, subscriptionId, location }: CheckContext, name: string): Promise<boolean> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`;
  return (await arm.get(path, AZURE_API.keyVault)).status === 200;
}
