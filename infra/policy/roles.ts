import { ofKind, textAt } from '../evaluate/inputs.ts';
import type { Evaluation } from '../evaluate/recorded.ts';
import { ROLES } from '../program/components/identity/roles.ts';
import { type HouseRule, settingsOf, sitesOf } from './rule.ts';

/** A Key Vault reference; the group is the secret's name. */
const REFERENCE = /^@Microsoft\.KeyVault\(SecretUri=https:\/\/[^/]+\/secrets\/([^/)]+)\)$/;

export const rolesUsed: HouseRule = {
  name: 'role assignments',
  about: 'Every role is for a service principal, on one resource, and needed; every Key Vault reference has one.',
  findings: (evaluation) => {
    const assignments = ofKind(evaluation, 'authorization:RoleAssignment');
    const referred = new Set(sitesOf(evaluation).flatMap(({ key }) => referredSecrets(evaluation, key)));
    const readable = assignments.filter(
      (assignment) => isFor(evaluation, assignment) && hasRole(assignment, 'keyVaultSecretsUser'),
    );
    const secretOf = (scope: string): string => scope.slice(scope.lastIndexOf('/') + 1);
    return [
      ...assignments
        .filter((assignment) => textAt(assignment, 'principalType') !== 'ServicePrincipal')
        .map(({ name }) => ({ resource: name, problem: 'does not say that it is for a service principal' })),
      ...assignments
        .filter((assignment) => !textAt(assignment, 'scope').includes('/providers/'))
        .map(({ name }) => ({ resource: name, problem: 'reaches further than one resource' })),
      ...readable
        .filter((assignment) => !isReferred(secretOf(textAt(assignment, 'scope')), referred))
        .map(({ name }) => ({ resource: name, problem: 'no setting refers to the secret' })),
      ...[...referred]
        .filter((secret) => !readable.some((assignment) => secretOf(textAt(assignment, 'scope')) === secret))
        .map((secret) => ({ resource: secret, problem: "the app's identity may not read it" })),
    ];
  },
};

/** Versions of an earlier or the next rotation refer to another generation of a secret. */
function isReferred(secret: string, referred: ReadonlySet<string>): boolean {
  const base = (name: string): string => name.replace(/-(?:[ab]|\d)$/, '');
  return [...referred].some((name) => base(name) === base(secret));
}

function referredSecrets(evaluation: Evaluation, key: string): string[] {
  return Object.values(settingsOf(evaluation, key)).flatMap(
    (value) => REFERENCE.exec(String(value))?.slice(1, 2) ?? [],
  );
}

type Assignment = ReturnType<typeof ofKind>[number];

function hasRole(assignment: Assignment, role: keyof typeof ROLES): boolean {
  return textAt(assignment, 'roleDefinitionId').endsWith(ROLES[role]);
}

/** Whether the role is for an identity of the program, not for somebody outside it. */
function isFor(evaluation: Evaluation, { dependencies }: Assignment): boolean {
  const identities = ofKind(evaluation, 'managedidentity:UserAssignedIdentity').map(({ urn }) => urn);
  return dependencies.some((urn) => identities.includes(urn));
}
