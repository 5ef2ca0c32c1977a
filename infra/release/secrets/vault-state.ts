import type { Arm } from '../../azure/arm.ts';
import { vaultSecretName } from '../../lib/app-secrets.ts';
import { AZURE_API } from '../../lib/azure-api-versions.ts';

/** A vault as the management plane names it. */
export interface VaultAddress {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly vault: string;
}

/**
 * Those of the application's secrets, by the name of the setting, that the vault does not have. The management plane is asked, which gives
 * no value and where a pipeline may read; what it does not say counts as there, and staging shows it.
 */
export async function missingInVault(
  arm: Arm,
  { subscriptionId, resourceGroup, vault }: VaultAddress,
  settings: readonly string[],
): Promise<string[]> {
  const secrets = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.KeyVault/vaults/${vault}/secrets`;
  const found = await Promise.all(
    settings.map(async (setting) => {
      const { status } = await arm.get(`${secrets}/${vaultSecretName(setting)}`, AZURE_API.keyVault);
      return status === 404 ? [setting] : [];
    }),
  );
  return found.flat();
}
