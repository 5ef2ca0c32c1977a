import { ROLES } from '../../program/components/identity/roles.ts';
import { STAGES } from '../../program/config/key.ts';
import { namesFor } from '../../program/naming.ts';

export interface BootstrapInput {
  readonly subscriptionId: string;
  readonly location: string;
  /** The system's name, as in config. */
  readonly name: string;
  readonly namespaces: readonly string[];
  /** Between attempts while a role spreads. Default: 10 */
  readonly waitSeconds?: number;
  /** The repository whose pipeline deploys; absent: no application and no federated credentials. */
  readonly github: GithubRepository | undefined;
}

export interface GithubRepository {
  readonly owner: string;
  readonly repository: string;
  /** Numeric ids, which subjects carry since July 2026. */
  readonly ownerId: string;
  readonly repositoryId: string;
  readonly environments: readonly string[];
}

const STATE_CONTAINER = 'state';
const KEY = 'pulumi';
const ROLE_WAIT_SECONDS = 10;

/** Roles of the pipeline on the subscription. Contributor does not include locks and role assignments. */
const DEPLOYER_ROLES = ['Contributor', 'Role Based Access Control Administrator', 'Locks Contributor'];

/** Roles by id, because names can be localized. */
const STATE_ROLES = {
  blob: ROLES.storageBlobDataContributor,
  cryptoOfficer: '14b46e9e-c2b7-41b4-b07b-48a6ebf60603',
  cryptoUser: '12338af0-0e69-4776-bea7-57ae8d297424',
};

/**
 * A script for bash and the Azure CLI that creates what has to exist before the first `pulumi up`. It can be run again at any
 * time: existing resources are left as they are. `bootstrap` runs exactly what `bootstrap --dry-run` prints.
 */
export function bootstrapScript(input: BootstrapInput): string {
  const { subscriptionId, name, location, github } = input;
  const names = namesFor({ name, stage: 'shared', generation: 1, subscriptionId });
  const variables = {
    SUBSCRIPTION: subscriptionId,
    LOCATION: location,
    WAIT_SECONDS: String(input.waitSeconds ?? ROLE_WAIT_SECONDS),
    GROUP: `rg-${name}-state`,
    ACCOUNT: names.compact('ststate', 24),
    VAULT: names.global('kvstate', 24),
    ...(github === undefined ? {} : { APPLICATION: `${name}-deployer` }),
  };
  return [
    '#!/usr/bin/env bash',
    '# What has to exist before the first `pulumi up`. Can be run again: what is there is left as it is.',
    'set -euo pipefail',
    ...Object.entries(variables).map(([key, value]) => `${key}=${quote(value)}`),
    'SCOPE="/subscriptions/$SUBSCRIPTION"',
    'az account set --subscription "$SUBSCRIPTION"',
    ...section('Resource providers: Pulumi does not always register what it needs', providers(input.namespaces)),
    ...section("Pulumi's state, reachable by Entra tokens only", STATE),
    ...section("The key that encrypts the stacks' secrets", SECRETS_KEY),
    ...(github === undefined ? [] : section('The pipeline: an application without a secret', pipeline(github))),
    ...section('What to do next', next(github !== undefined)),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', `# ${title}`, `echo ${quote(`== ${title}`)} >&2`, ...lines];
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

const STATE = [
  // Creating a group fails when it exists in another region.
  'az group show --name "$GROUP" --output none 2>/dev/null ||',
  '  az group create --name "$GROUP" --location "$LOCATION" --output none',
  'az storage account show --name "$ACCOUNT" --resource-group "$GROUP" --output none 2>/dev/null ||',
  '  az storage account create --name "$ACCOUNT" --resource-group "$GROUP" --location "$LOCATION" --sku Standard_GRS \\',
  '    --kind StorageV2 --min-tls-version TLS1_2 --https-only true --allow-blob-public-access false \\',
  '    --allow-shared-key-access false --output none',
  'az storage account blob-service-properties update --account-name "$ACCOUNT" --resource-group "$GROUP" \\',
  '  --enable-versioning true --enable-delete-retention true --delete-retention-days 90 --output none',
  // Through the management plane, because the role for the data plane has not been replicated yet.
  `az storage container-rm show --name ${STATE_CONTAINER} --storage-account "$ACCOUNT" --resource-group "$GROUP" --output none 2>/dev/null ||`,
  `  az storage container-rm create --name ${STATE_CONTAINER} --storage-account "$ACCOUNT" --resource-group "$GROUP" --output none`,
  'ACCOUNT_ID="$SCOPE/resourceGroups/$GROUP/providers/Microsoft.Storage/storageAccounts/$ACCOUNT"',
  'ME=$(az ad signed-in-user show --query id --output tsv 2>/dev/null || true)',
  'grant() { # role, principal, type, scope',
  '  az role assignment create --role "$1" --assignee-object-id "$2" --assignee-principal-type "$3" --scope "$4" --output none',
  '}',
  `if [ -n "$ME" ]; then grant ${STATE_ROLES.blob} "$ME" User "$ACCOUNT_ID"; fi`,
];

const SECRETS_KEY = [
  // A deleted vault is purge-protected: it keeps its name and its key, and can only be recovered.
  `if [ -n "$(az keyvault list-deleted --resource-type vault --query "[?name=='$VAULT'].name" --output tsv)" ]; then`,
  '  az keyvault recover --name "$VAULT" --resource-group "$GROUP" --location "$LOCATION" --output none',
  'fi',
  'az keyvault show --name "$VAULT" --output none 2>/dev/null ||',
  '  az keyvault create --name "$VAULT" --resource-group "$GROUP" --location "$LOCATION" --enable-rbac-authorization true \\',
  '    --enable-purge-protection true --retention-days 90 --output none',
  'VAULT_ID="$SCOPE/resourceGroups/$GROUP/providers/Microsoft.KeyVault/vaults/$VAULT"',
  `if [ -n "$ME" ]; then grant ${STATE_ROLES.cryptoOfficer} "$ME" User "$VAULT_ID"; fi`,
  '# A role takes some minutes to take effect.',
  'for attempt in $(seq 1 30); do',
  `  if az keyvault key show --vault-name "$VAULT" --name ${KEY} --output none 2>/dev/null; then break; fi`,
  `  if az keyvault key create --vault-name "$VAULT" --name ${KEY} --kty RSA --size 3072 --output none; then break; fi`,
  '  if [ "$attempt" = 30 ]; then echo "the key could not be made; run this again in ten minutes" >&2; exit 1; fi',
  '  sleep "$WAIT_SECONDS"',
  'done',
];

/**
 * Subjects with ids: https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens. The
 * comparison is case-sensitive, so they are spelt as GitHub does.
 */
function pipeline({ owner, repository, ownerId, repositoryId, environments }: GithubRepository): string[] {
  return [
    // Not --display-name, which also finds names with this prefix.
    `CLIENT_ID=$(az ad app list --filter "displayName eq '$APPLICATION'" --query '[0].appId' --output tsv)`,
    'if [ -z "$CLIENT_ID" ]; then CLIENT_ID=$(az ad app create --display-name "$APPLICATION" --query appId --output tsv); fi',
    'PRINCIPAL_ID=$(az ad sp show --id "$CLIENT_ID" --query id --output tsv 2>/dev/null || az ad sp create --id "$CLIENT_ID" --query id --output tsv)',
    ...environments.flatMap((environment) => {
      const subject = `repo:${owner}@${ownerId}/${repository}@${repositoryId}:environment:${environment}`;
      const name = `github-${environment}`;
      const issuer = 'https://token.actions.githubusercontent.com';
      const trust = { issuer, subject, audiences: ['api://AzureADTokenExchange'] };
      const credential = 'az ad app federated-credential';
      // An existing credential may have the subject of an earlier name or other ids, so it is updated.
      return [
        `if ${credential} show --id "$CLIENT_ID" --federated-credential-id ${quote(name)} --output none 2>/dev/null; then`,
        `  ${credential} update --id "$CLIENT_ID" --federated-credential-id ${quote(name)} --parameters ${quote(JSON.stringify(trust))} --output none`,
        'else',
        `  ${credential} create --id "$CLIENT_ID" --parameters ${quote(JSON.stringify({ name, ...trust }))} --output none`,
        'fi',
      ];
    }),
    ...DEPLOYER_ROLES.map((role) => `grant ${quote(role)} "$PRINCIPAL_ID" ServicePrincipal "$SCOPE"`),
    `grant ${STATE_ROLES.blob} "$PRINCIPAL_ID" ServicePrincipal "$ACCOUNT_ID"`,
    `grant ${STATE_ROLES.cryptoUser} "$PRINCIPAL_ID" ServicePrincipal "$VAULT_ID"`,
  ];
}

/** Commands for a shell; the rest are comments. */
function next(withPipeline: boolean): string[] {
  const backend = `azblob://${STATE_CONTAINER}?storage_account=$ACCOUNT`;
  return [
    'cat <<END',
    `npx pulumi login '${backend}'`,
    ...STAGES.map(
      (stack) => `npx pulumi stack init ${stack} --secrets-provider azurekeyvault://$VAULT.vault.azure.net/keys/${KEY}`,
    ),
    ...(withPipeline
      ? [
          ...STAGES.map(
            (stack) =>
              `npx pulumi config set slipway:deployers '["dev:$PRINCIPAL_ID","preview:$PRINCIPAL_ID","prod:$PRINCIPAL_ID"]' -s ${stack}`,
          ),
          `# GitHub variables: PULUMI_BACKEND_URL=${backend} AZURE_CLIENT_ID=$CLIENT_ID AZURE_SUBSCRIPTION_ID=$SUBSCRIPTION AZURE_TENANT_ID=$(az account show --query tenantId --output tsv)`,
        ]
      : []),
    './slipway doctor --before-up --stack dev',
    'END',
  ];
}

/** A text as one word of bash. */
function quote(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
