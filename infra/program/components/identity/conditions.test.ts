import { describe, expect, test } from '@jest/globals';
import { onlyBlobs, onlyRoles } from './conditions.ts';
import { ROLES } from './roles.ts';

interface Request {
  readonly action: string;
  readonly suboperation?: string;
  readonly path?: string;
  readonly role?: string;
  readonly principalType?: string;
}

/** Evaluates a condition as https://learn.microsoft.com/azure/role-based-access-control/conditions-format describes it. */
function isAllowed(condition: string, request: Request): boolean {
  const { action, suboperation = '', path = '', role = '', principalType = '' } = request;
  const like = (pattern: string) =>
    new RegExp(
      `^${pattern
        .split('*')
        .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
    ).test(path);
  const decided = condition
    .replace(/SubOperationMatches\{'([^']*)'\}/g, (_, name: string) => String(name === suboperation))
    .replace(/ActionMatches\{'([^']*)'\}/g, (_, name: string) => String(name === action))
    .replace(/@\w+\[[^\]]*:path\] StringLike '([^']*)'/g, (_, pattern: string) => String(like(pattern)))
    .replace(/@\w+\[[^\]]*:RoleDefinitionId\] ForAnyOfAnyValues:GuidEquals \{([^}]*)\}/g, (_, ids: string) =>
      String(ids.split(', ').includes(role)),
    )
    .replace(
      /@\w+\[[^\]]*:PrincipalType\] ForAnyOfAnyValues:StringEqualsIgnoreCase \{'([^']*)'\}/g,
      (_, type: string) => String(type === principalType),
    )
    .replaceAll('NOT ', '!')
    .replaceAll(' AND ', '&')
    .replaceAll(' OR ', '|')
    .replaceAll(' ', '');
  return simplified(decided) === 'true';
}

/** Works a formula of true, false, !, &, | and brackets out, from the inside. */
function simplified(formula: string): string {
  const next = formula
    .replace(/!true/g, 'false')
    .replace(/!false/g, 'true')
    .replace(/\((true|false)\)/g, '$1')
    .replace(/(true|false)&(true|false)/, (_, a, b) => String(a === 'true' && b === 'true'))
    .replace(
      /(^|[^&])(true|false)\|(true|false)(?!&)/,
      (_, before, a, b) => `${before}${a === 'true' || b === 'true'}`,
    );
  return next === formula ? formula : simplified(next);
}

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const ASSIGNMENTS = 'Microsoft.Authorization/roleAssignments';

describe('blobs by their names', () => {
  const condition = onlyBlobs({ read: ['shared.*', 'dev.*'], write: ['dev.*'] });
  const reads = (path: string) => isAllowed(condition, { action: `${BLOBS}/read`, path });

  test('may be read where they are named', () => {
    expect(['dev.json', 'dev.json.bak', 'shared.json', 'prod.json', 'dev2.json', 'x/dev.json'].map(reads)).toEqual([
      ...[true, true, true],
      ...[false, false, false],
    ]);
  });

  test.each(['write', 'add/action', 'delete', 'move/action'])('may be changed where that is named: %s', (verb) => {
    const changes = (path: string) => isAllowed(condition, { action: `${BLOBS}/${verb}`, path });
    expect(['dev.json', 'shared.json', 'prod.json'].map(changes)).toEqual([true, false, false]);
  });

  test('may be listed', () => {
    expect(isAllowed(condition, { action: `${BLOBS}/read`, suboperation: 'Blob.List', path: '' })).toBe(true);
  });
});

describe('roles', () => {
  const condition = onlyRoles(['acrPull']);
  test.each(['write', 'delete'])('only the named ones, and only of service principals: %s', (verb) => {
    const may = (role: string, principalType: string) =>
      isAllowed(condition, { action: `${ASSIGNMENTS}/${verb}`, role, principalType });
    expect(may(ROLES.acrPull, 'ServicePrincipal')).toBe(true);
    expect(may(ROLES.roleAdministrator, 'ServicePrincipal')).toBe(false);
    expect(may(ROLES.acrPull, 'User')).toBe(false);
  });
});
