import { DEPLOYER_ROLES } from '../../../azure/bootstrap/identities.ts';
import { evaluate } from '../../../evaluate/evaluate.ts';
import { textAt } from '../../../evaluate/inputs.ts';
import type { Evaluation, RecordedResource } from '../../../evaluate/recorded.ts';
import { ROLES } from '../../../program/components/identity/roles.ts';
import { general } from '../../../program/config/general.ts';
import { option, type Walk } from './walk.fixture.ts';

/** What an identity may do. */
export interface Right {
  readonly identity: string;
  readonly role: string;
  readonly scope: string;
  readonly limit: string;
}

const ROLE_NAMES: Readonly<Record<string, string>> = {
  [DEPLOYER_ROLES.contributor]: 'Contributor',
  [DEPLOYER_ROLES.cryptoUser]: 'Key Vault Crypto User',
  [DEPLOYER_ROLES.locksContributor]: 'Locks Contributor',
  [DEPLOYER_ROLES.reader]: 'Reader',
  [DEPLOYER_ROLES.roleAdministrator]: 'Role Based Access Control Administrator',
  [DEPLOYER_ROLES.storageBlobDataContributor]: 'Storage Blob Data Contributor',
  [DEPLOYER_ROLES.storageBlobDataReader]: 'Storage Blob Data Reader',
  [ROLES.acrPull]: 'AcrPull',
  [ROLES.acrTasksContributor]: 'Container Registry Tasks Contributor',
};

/** Roles of bootstrap as it was typed, and those of the evaluated program for the identities that it named. */
export async function rightsTable(github: Walk): Promise<Right[]> {
  const config = github
    .calls('npx', 'pulumi', 'config', 'set', 'slipway:deployers')
    .find((call) => call.at(-1) === 'shared');
  const deployers = config?.[5] ?? '[]';
  const identities = new Map(
    (general.deployers.parse(deployers) ?? []).map((entry) => [entry.split(':')[1], entry.split(':')[0]]),
  );
  const typed = github.calls('az', 'role', 'assignment', 'create').map((call) => ({
    principal: option(call, 'assignee-object-id'),
    role: option(call, 'role'),
    scope: option(call, 'scope'),
    condition: call.includes('--condition') ? option(call, 'condition') : '',
  }));
  const evaluated = await evaluate({ stage: 'shared', mode: 'update', config: { deployers } });
  return [...typed, ...assignmentsOf(evaluated)].flatMap(({ principal, role, scope, condition }) => {
    const identity = identities.get(principal);
    if (identity === undefined) return [];
    const name = ROLE_NAMES[role] ?? 'what a preview asks for (custom role)';
    return [{ identity, role: name, scope: shortScope(scope), limit: limitOf(condition) }];
  });
}

function assignmentsOf({ resources }: Evaluation) {
  return resources
    .filter(({ type }) => type.endsWith(':RoleAssignment'))
    .map((assignment: RecordedResource) => ({
      principal: textAt(assignment, 'principalId'),
      role: textAt(assignment, 'roleDefinitionId').split('/').at(-1) ?? '',
      scope: textAt(assignment, 'scope'),
      condition: textAt(assignment, 'condition'),
    }));
}

function shortScope(scope: string): string {
  const [, group = ''] = /resourceGroups\/([^/]+)/.exec(scope) ?? [];
  if (scope.includes('/keys/')) return `key \`${scope.split('/').at(-1)}\``;
  if (scope.includes('/containers/')) return `container \`${scope.split('/').at(-1)}\``;
  if (scope.includes('/registries/')) return 'registry';
  return `group \`${group}\``;
}

function limitOf(condition: string): string {
  const roles = /GuidEquals \{([^}]*)\}/.exec(condition)?.[1]?.split(', ');
  if (roles !== undefined)
    return `${roles.map((role) => Object.entries(ROLES).find(([, id]) => id === role)?.[0]).join(', ')}`;
  const [reading = '', writing = ''] = condition.split('blobs/write');
  const paths = (text: string) =>
    [...text.matchAll(/StringLike '([^']*)'/g)].map(([, path]) => `\`${path}\``).join(', ');
  if (condition === '') return '';
  return writing === '' ? `reads ${paths(reading)}` : `reads ${paths(reading)}; writes ${paths(writing)}`;
}
