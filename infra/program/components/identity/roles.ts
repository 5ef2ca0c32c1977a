/** Roles the program grants. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const ROLES = {
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  /** Builds images in the registry, which pushes them itself. */
  acrTasksContributor: 'fb382eab-e894-4461-af04-94435c366c3f',
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
  roleAdministrator: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
} as const;
export type RoleName = keyof typeof ROLES;

/** Roles that `dev` and `prod` grant inside their own resource group. Their pipeline may grant no other. */
export const GRANTED_IN_A_STAGE = [
  'keyVaultSecretsUser',
  'storageBlobDataContributor',
] as const satisfies readonly RoleName[];

export function roleDefinitionId(subscriptionId: string, role: RoleName): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${ROLES[role]}`;
}
