import { ROLES, type RoleName } from './roles.ts';

const ASSIGNMENTS = 'Microsoft.Authorization/roleAssignments';
const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';

/** Patterns of blob names: `*` stands for any text. */
export interface BlobPaths {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

/**
 * Limits the right to give and take roles: these ones only, and service principals only.
 * https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
 */
export function onlyRoles(roles: readonly RoleName[]): string {
  const ids = roles.map((role) => ROLES[role]).join(', ');
  return [
    { action: 'write', source: '@Request' },
    { action: 'delete', source: '@Resource' },
  ]
    .map(
      ({ action, source }) =>
        `((!(ActionMatches{'${ASSIGNMENTS}/${action}'})) OR (${source}[${ASSIGNMENTS}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${ids}} AND ${source}[${ASSIGNMENTS}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))`,
    )
    .join(' AND ');
}

/**
 * Limits the right to blobs by their names. Names may be listed: a list is asked by prefix, which has no path.
 * https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-examples
 */
export function onlyBlobs({ read, write }: BlobPaths): string {
  const changes = ['write', 'add/action', 'delete', 'move/action'].map(
    (action) => `!(ActionMatches{'${BLOBS}/${action}'})`,
  );
  const reads = `!(ActionMatches{'${BLOBS}/read'} AND NOT SubOperationMatches{'Blob.List'})`;
  const limited = [`((${reads}) OR (${matching(read)}))`];
  // For a role that changes nothing.
  if (write.length > 0) limited.push(`((${changes.join(' AND ')}) OR (${matching(write)}))`);
  return limited.join(' AND ');
}

function matching(paths: readonly string[]): string {
  return paths.map((path) => `@Resource[${BLOBS}:path] StringLike '${path}'`).join(' OR ');
}
