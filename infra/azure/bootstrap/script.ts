import { readFileSync } from 'node:fs';
import { namesFor } from '../../program/base/naming.ts';
import { STAGES } from '../../program/config/key.ts';
import {
  DEPLOYER_ROLES,
  type Environment,
  keyOf,
  type PipelineIdentity,
  PREVIEW_ACTIONS,
  pipelineIdentity,
} from './identities.ts';
import type { StageGroup } from './import-file.ts';
import { quote, section } from './shell.ts';
import type { Trust } from './trust.ts';

export interface BootstrapInput {
  readonly subscriptionId: string;
  /** Where the state is made. */
  readonly location: string;
  /** The system's name, as in config. */
  readonly name: string;
  /** The project's name in Pulumi.yaml. */
  readonly project: string;
  readonly namespaces: readonly string[];
  readonly groups: readonly StageGroup[];
  /** Between attempts while a role spreads. Default: 10 */
  readonly waitSeconds?: number;
  /** Environments that get an identity. Empty: no pipeline. */
  readonly environments: readonly Environment[];
  /** Whose tokens the identities take. Undefined: none yet. */
  readonly trust: Trust | undefined;
}

const STATE_CONTAINER = 'state';
const ROLE_WAIT_SECONDS = 10;
/** Below the checkout; git ignores it. */
const IMPORT_FOLDER = '.setup/import';
/** Functions of the script. */
const FUNCTIONS = readFileSync(new URL('functions.sh', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('# shellcheck'));
const AUDIENCE = 'api://AzureADTokenExchange';

/**
 * A script for bash and the Azure CLI that creates what has to exist before the first `pulumi up`. It can be run again at any
 * time: existing resources are left as they are, and what it did not make is refused. `bootstrap` runs exactly what
 * `bootstrap --dry-run` prints.
 */
export function bootstrapScript(input: BootstrapInput): string {
  const { subscriptionId, name, location, groups, environments } = input;
  const names = namesFor({ name, stage: 'shared', generation: 1, subscriptionId });
  const variables = {
    SUBSCRIPTION: subscriptionId,
    LOCATION: location,
    WAIT_SECONDS: String(input.waitSeconds ?? ROLE_WAIT_SECONDS),
    GROUP: `rg-${name}-state`,
    ACCOUNT: names.compact('ststate', 24),
    CONTAINER: STATE_CONTAINER,
    VAULT: names.global('kvstate', 24),
  };
  const groupOf = (stage: string) => groups.find((group) => group.stage === stage)?.name ?? '';
  const identities = environments.map((each) => pipelineIdentity(each, { project: input.project, groupOf }));
  return [
    '#!/usr/bin/env bash',
    '# What has to exist before the first `pulumi up`. Can be run again: what is there is left as it is.',
    'set -euo pipefail',
    ...Object.entries(variables).map(([key, value]) => `${key}=${quote(value)}`),
    'SCOPE="/subscriptions/$SUBSCRIPTION"',
    ...FUNCTIONS,
    'az account set --subscription "$SUBSCRIPTION"',
    ...section('Resource providers: Pulumi does not always register what it needs', providers(input.namespaces)),
    ...section('Resource groups: a pipeline that may do something in its own only cannot make it', [
      `ensure_group "$GROUP" "$LOCATION" ${quote(`${name}/state`)} application=${name} stage=state managed-by=bootstrap`,
      ...groups.flatMap(stageGroupLines),
    ]),
    ...section("Pulumi's state, reachable by Entra tokens only", STATE),
    ...section("The keys that encrypt the stacks' secrets", SECRETS_KEYS),
    ...(identities.length === 0
      ? []
      : section('The identities of the pipeline, without secrets', [
          ...(environments.includes('preview') ? previewRole(names.unique, groupOf('prod')) : []),
          ...identities.flatMap((identity) => identityLines(identity, name, input.trust)),
        ])),
    ...section('What to do next', next(input)),
    '',
  ].join('\n');
}

/** Starts all registrations, which take minutes, then waits for all. */
function providers(namespaces: readonly string[]): string[] {
  return [
    `for namespace in ${namespaces.join(' ')}; do`,
    '  az provider register --namespace "$namespace" --output none',
    'done',
    `for namespace in ${namespaces.join(' ')}; do`,
    '  az provider register --namespace "$namespace" --wait --output none',
    'done',
  ];
}

function stageGroupLines({ stage, name, location, tags, importFile }: StageGroup): string[] {
  const pairs = Object.entries(tags).map(([key, value]) => quote(`${key}=${value}`));
  const file = `${IMPORT_FOLDER}/${stage}.json`;
  return [
    `ensure_group ${name} ${location} ${quote(`${tags.application}/${stage}`)} ${pairs.join(' ')}`,
    `mkdir -p ${IMPORT_FOLDER}`,
    `cat >${file} <<'END'`,
    importFile,
    'END',
  ];
}

const STATE = [
  'az storage account show --name "$ACCOUNT" --resource-group "$GROUP" --output none 2>/dev/null ||',
  '  az storage account create --name "$ACCOUNT" --resource-group "$GROUP" --location "$LOCATION" --sku Standard_GRS \\',
  '    --kind StorageV2 --min-tls-version TLS1_2 --https-only true --allow-blob-public-access false \\',
  '    --allow-shared-key-access false --output none',
  'az storage account blob-service-properties update --account-name "$ACCOUNT" --resource-group "$GROUP" \\',
  '  --enable-versioning true --enable-delete-retention true --delete-retention-days 90 --output none',
  // Through the management plane, because the role for the data plane has not been replicated yet.
  'az storage container-rm show --name "$CONTAINER" --storage-account "$ACCOUNT" --resource-group "$GROUP" --output none 2>/dev/null ||',
  '  az storage container-rm create --name "$CONTAINER" --storage-account "$ACCOUNT" --resource-group "$GROUP" --output none',
  'ACCOUNT_ID="$SCOPE/resourceGroups/$GROUP/providers/Microsoft.Storage/storageAccounts/$ACCOUNT"',
  'ME=$(az ad signed-in-user show --query id --output tsv 2>/dev/null || true)',
  `if [ -n "$ME" ]; then grant ${DEPLOYER_ROLES.storageBlobDataContributor} "$ME" User "$ACCOUNT_ID"; fi`,
];

/** May make keys: bootstrap alone. */
const CRYPTO_OFFICER = '14b46e9e-c2b7-41b4-b07b-48a6ebf60603';

const SECRETS_KEYS = [
  // A deleted vault is purge-protected: it keeps its name and its keys, and can only be recovered.
  `if [ -n "$(az keyvault list-deleted --resource-type vault --query "[?name=='$VAULT'].name" --output tsv)" ]; then`,
  '  az keyvault recover --name "$VAULT" --resource-group "$GROUP" --location "$LOCATION" --output none',
  'fi',
  'az keyvault show --name "$VAULT" --resource-group "$GROUP" --output none 2>/dev/null ||',
  '  az keyvault create --name "$VAULT" --resource-group "$GROUP" --location "$LOCATION" --enable-rbac-authorization true \\',
  '    --enable-purge-protection true --retention-days 90 --output none',
  'VAULT_ID="$SCOPE/resourceGroups/$GROUP/providers/Microsoft.KeyVault/vaults/$VAULT"',
  `if [ -n "$ME" ]; then grant ${CRYPTO_OFFICER} "$ME" User "$VAULT_ID"; fi`,
  '# A role takes some minutes to take effect.',
  `for key in ${STAGES.map(keyOf).join(' ')}; do`,
  '  for attempt in $(seq 1 30); do',
  '    if az keyvault key show --vault-name "$VAULT" --name "$key" --output none 2>/dev/null; then break; fi',
  '    if az keyvault key create --vault-name "$VAULT" --name "$key" --kty RSA --size 3072 --output none; then break; fi',
  '    if [ "$attempt" = 30 ]; then refuse "the key $key could not be made; run this again in ten minutes"; fi',
  '    sleep "$WAIT_SECONDS"',
  '  done',
  'done',
];

/** Names of custom roles are unique in the tenant. */
function previewRole(unique: string, group: string): string[] {
  const name = `slipway preview ${unique}`;
  const definition = {
    Name: name,
    Description: 'What a preview asks for beyond Reader; made by slipway bootstrap',
    Actions: PREVIEW_ACTIONS,
    AssignableScopes: ['$SCOPE'],
  };
  const json = JSON.stringify(definition).replaceAll('"', '\\"').replace('$SCOPE', `$SCOPE/resourceGroups/${group}`);
  const role = `PREVIEW_ROLE=$(az role definition list --name ${quote(name)} --scope "$SCOPE/resourceGroups/${group}" --custom-role-only true --query '[0].name' --output tsv)`;
  return [
    role,
    'if [ -z "$PREVIEW_ROLE" ]; then',
    `  az role definition create --role-definition "${json}" --output none`,
    '  # A new role takes a while until it can be found and given.',
    '  for attempt in $(seq 1 30); do',
    `    ${role}`,
    '    if [ -n "$PREVIEW_ROLE" ]; then break; fi',
    `    if [ "$attempt" = 30 ]; then refuse "the role ${name} does not show up; run this again in ten minutes"; fi`,
    '    sleep "$WAIT_SECONDS"',
    '  done',
    'fi',
  ];
}

function identityLines(identity: PipelineIdentity, systemName: string, trust: Trust | undefined): string[] {
  const { environment, grants, ownScopes } = identity;
  const name = `id-${systemName}-deploy-${environment}`;
  const principal = `$${principalOf(environment)}`;
  const subject = trust?.subjects[environment];
  return [
    `az identity show --name ${name} --resource-group "$GROUP" --output none 2>/dev/null ||`,
    `  az identity create --name ${name} --resource-group "$GROUP" --location "$LOCATION" --output none`,
    `${principalOf(environment)}=$(az identity show --name ${name} --resource-group "$GROUP" --query principalId --output tsv)`,
    `${clientOf(environment)}=$(az identity show --name ${name} --resource-group "$GROUP" --query clientId --output tsv)`,
    `refuse_foreign ${name} "${principal}" ${ownScopes.map((scope) => `"${scope}"`).join(' ')}`,
    ...(trust === undefined || subject === undefined ? [] : credential(name, trust, subject)),
    ...grants.map(({ role, scope, condition }) => {
      const roleWord = role.startsWith('$') ? `"${role}"` : role;
      const limited = condition === undefined ? '' : ` ${quote(condition)}`;
      return `grant ${roleWord} "${principal}" ServicePrincipal "${scope}"${limited}`;
    }),
  ];
}

/** An existing credential may have the subject of an earlier name or other ids, so it is written again. */
function credential(identity: string, trust: Trust, subject: string): string[] {
  const which = `--name ${trust.name} --identity-name ${identity} --resource-group "$GROUP"`;
  const what = `--issuer ${quote(trust.issuer)} --subject ${quote(subject)} --audiences ${AUDIENCE} --output none`;
  return [`az identity federated-credential create ${which} ${what}`];
}

/** Commands for a shell; the rest are comments. */
function next({ environments, trust }: BootstrapInput): string[] {
  const backend = 'azblob://$CONTAINER?storage_account=$ACCOUNT';
  return [
    'cat <<END',
    '# Once: the place of the state, and the stacks with their resource groups',
    `npx pulumi login '${backend}'`,
    ...STAGES.flatMap((stack) => [
      `npx pulumi stack init ${stack} --secrets-provider azurekeyvault://$VAULT.vault.azure.net/keys/${keyOf(stack)}`,
      `npx pulumi import --stack ${stack} --file ${IMPORT_FOLDER}/${stack}.json --protect=false --generate-code=false --yes`,
    ]),
    // Of a service connection only the credential is new.
    ...(environments.length === 0 || trust?.name === 'azure-devops' ? [] : pipelineNext(environments, trust, backend)),
    'END',
  ];
}

function pipelineNext(environments: readonly Environment[], trust: Trust | undefined, backend: string): string[] {
  const deployers = JSON.stringify(environments.map((each) => `${each}:$${principalOf(each)}`));
  return [
    '# The pipeline: each stack gives it what it needs at the next \\`pulumi up\\`',
    ...STAGES.map((stack) => `npx pulumi config set slipway:deployers '${deployers}' -s ${stack}`),
    ...(trust?.repository === undefined
      ? environments.map((each) => `# client id of ${each}: $${clientOf(each)}`)
      : githubVariables(trust.repository, environments, backend)),
  ];
}

function githubVariables(repository: string, environments: readonly Environment[], backend: string): string[] {
  const set = (name: string, value: string, environment = '') =>
    `gh variable set ${name} --repo ${quote(repository)}${environment} --body ${value}`;
  return [
    set('PULUMI_BACKEND_URL', `'${backend}'`),
    set('AZURE_SUBSCRIPTION_ID', '$SUBSCRIPTION'),
    set('AZURE_TENANT_ID', '$(az account show --query tenantId --output tsv)'),
    ...environments.map((each) => set('AZURE_CLIENT_ID', `$${clientOf(each)}`, ` --env ${each}`)),
  ];
}

function principalOf(environment: Environment): string {
  return `${environment.toUpperCase()}_PRINCIPAL`;
}

function clientOf(environment: Environment): string {
  return `${environment.toUpperCase()}_CLIENT`;
}
