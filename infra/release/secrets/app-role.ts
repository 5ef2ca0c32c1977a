import { createHash } from 'node:crypto';
import type { Arm } from '../../azure/arm.ts';
import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { SlipError } from '../../lib/errors.ts';
import { textOf } from '../../lib/json.ts';

/** Key Vault Secrets User. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const SECRETS_USER = '4633458b-17de-408a-b874-0445c86b69e6';

export interface SecretReader {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly vault: string;
  /** Object id of the application's identity. */
  readonly principalId: string;
}

/**
 * Lets the application read one secret, and no other one. The name of the assignment is computed, so repeating it changes nothing. The program
 * cannot do this: it does not know what an application calls its secrets.
 */
export async function letApplicationRead(arm: Arm, secret: string, reader: SecretReader): Promise<void> {
  const { subscriptionId, resourceGroup, vault, principalId } = reader;
  const scope = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.KeyVault/vaults/${vault}/secrets/${secret}`;
  const name = stableGuid(`${scope}/${principalId}/${SECRETS_USER}`.toLowerCase());
  const { status, body } = await arm.put(
    `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    AZURE_API.authorization,
    {
      properties: {
        roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${SECRETS_USER}`,
        principalId,
        principalType: 'ServicePrincipal',
      },
    },
  );
  if (status === 200 || status === 201 || textOf(body, 'error', 'code') === 'RoleAssignmentExists') return;
  throw new SlipError('SLIP-APP-VAULT', {
    found: `${secret} is set, and the application may not read it: Azure answered ${status} ${textOf(body, 'error', 'code')}`,
    expected: 'the right to give roles on the vault: Owner, or Role Based Access Control Administrator',
    fix: `repeat the command with it, or: az role assignment create --role "Key Vault Secrets User" --assignee-object-id ${principalId} --assignee-principal-type ServicePrincipal --scope ${scope}`,
  });
}

function stableGuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
