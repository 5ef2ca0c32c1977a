import { onlyBlobs, onlyRoles } from '../../program/components/identity/conditions.ts';
import { GRANTED_IN_A_STAGE } from '../../program/components/identity/roles.ts';
import type { Deployer } from '../../program/config/config.ts';

/** Environments of a pipeline. Each has an identity of its own. */
export const ENVIRONMENTS = ['dev', 'preview', 'prod'] as const satisfies readonly Deployer['kind'][];
export type Environment = (typeof ENVIRONMENTS)[number];

/** Built-in roles by id, because names can be localized. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const DEPLOYER_ROLES = {
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  cryptoUser: '12338af0-0e69-4776-bea7-57ae8d297424',
  locksContributor: '28bf596f-4eb7-45ce-b5bc-6cf482fec137',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  roleAdministrator: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
} as const;

/**
 * What a preview asks Azure for and Reader does not allow. The stack's state holds the same values, and the preview can
 * decrypt them, so this tells it nothing new. The settings are asked for by the nightly look for drift.
 */
export const PREVIEW_ACTIONS = [
  'Microsoft.Cache/redis/listKeys/action',
  'Microsoft.Cache/redisEnterprise/databases/listKeys/action',
  'Microsoft.Storage/storageAccounts/listKeys/action',
  'Microsoft.Web/sites/config/list/action',
  'Microsoft.Web/sites/slots/config/list/action',
] as const;

export interface Grant {
  /** Id of a built-in role, or `$PREVIEW_ROLE`, the custom one with PREVIEW_ACTIONS. */
  readonly role: string;
  /** As the script writes it, with its variables. */
  readonly scope: string;
  readonly condition?: string;
}

export interface PipelineIdentity {
  readonly environment: Environment;
  readonly grants: readonly Grant[];
  /** Everything below these may have roles of the identity: the program grants some more in `shared` and in the stage. */
  readonly ownScopes: readonly string[];
}

/** Names that the grants are made of. */
export interface Places {
  /** The project in Pulumi.yaml, by which Pulumi names the files of its state. */
  readonly project: string;
  readonly groupOf: (stage: 'shared' | 'dev' | 'prod') => string;
}

/**
 * Identities with what each may do: its own stage, the shared one as far as its work needs, nothing else. `preview` changes
 * nothing; it reads prod.
 */
export function pipelineIdentity(environment: Environment, { project, groupOf }: Places): PipelineIdentity {
  const stage = environment === 'preview' ? 'prod' : environment;
  const group = `$SCOPE/resourceGroups/${groupOf(stage)}`;
  const shared = `$SCOPE/resourceGroups/${groupOf('shared')}`;
  const keys = [stage, 'shared'].map((stack) => `$VAULT_ID/keys/${keyOf(stack)}`);
  const { contributor, locksContributor, roleAdministrator, reader, cryptoUser } = DEPLOYER_ROLES;
  const inAzure: Grant[] =
    environment === 'preview'
      ? [
          { role: reader, scope: group },
          { role: reader, scope: shared },
          { role: '$PREVIEW_ROLE', scope: group },
        ]
      : [
          { role: contributor, scope: group },
          { role: locksContributor, scope: group },
          { role: roleAdministrator, scope: group, condition: onlyRoles(GRANTED_IN_A_STAGE) },
        ];
  return {
    environment,
    grants: [...inAzure, stateGrant(environment, project), ...keys.map((scope) => ({ role: cryptoUser, scope }))],
    ownScopes: [group, shared, STATE_CONTAINER_ID, ...keys],
  };
}

const STATE_CONTAINER_ID = '$ACCOUNT_ID/blobServices/default/containers/$CONTAINER';

/** A key per stack: who decrypts one stack's secrets decrypts no other's. `shared` has no secrets, but its state needs its key. */
export function keyOf(stack: string): string {
  return `pulumi-${stack}`;
}

/**
 * Pulumi's state is one container, because a stack reads the outputs of another one only in the same place; so the names of
 * the blobs limit who may read and write what. The names: pkg/backend/diy/store.go, lock.go and stack_tags.go of pulumi/pulumi.
 */
function stateGrant(environment: Environment, project: string): Grant {
  const stage = environment === 'preview' ? 'prod' : environment;
  const write = [
    `.pulumi/stacks/${project}/${stage}.*`,
    ...['history', 'backups', 'journal'].map((kind) => `.pulumi/${kind}/${project}/${stage}/*`),
    `.pulumi/locks/organization/${project}/${stage}/*`,
  ];
  const read = ['.pulumi/meta.yaml', `.pulumi/stacks/${project}/shared.*`, ...write];
  if (environment === 'preview') {
    const { storageBlobDataReader: role } = DEPLOYER_ROLES;
    return { role, scope: STATE_CONTAINER_ID, condition: onlyBlobs({ read, write: [] }) };
  }
  const { storageBlobDataContributor: role } = DEPLOYER_ROLES;
  return { role, scope: STATE_CONTAINER_ID, condition: onlyBlobs({ read, write }) };
}
