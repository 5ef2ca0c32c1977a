import { DefaultAzureCredential } from '@azure/identity';
import { managementPlane } from '../../azure/subscription.ts';
import { settingOfSecret, vaultSecretName } from '../../lib/app-secrets.ts';
import { stackOutputs } from '../target/azure-target.ts';
import { textOutput } from '../target/stack-outputs.ts';
import { letApplicationRead } from './app-role.ts';
import { KeyVault } from './key-vault.ts';

export interface StackSecrets {
  /** Names of settings that have a value in the vault. */
  readonly names: () => Promise<readonly string[]>;
  /** Sets a value and lets the application read it. */
  readonly set: (setting: string, value: string) => Promise<void>;
}

/** The application's secrets of a stack on Azure, with the rights of whoever is signed in. */
export async function stackSecrets(stack: string, root: string): Promise<StackSecrets> {
  const outputs = await stackOutputs(stack, root);
  const text = (name: string): string => textOutput(outputs, name, `stack ${stack}`);
  const vault = text('vaultName');
  const keyVault = new KeyVault({ name: vault, credential: new DefaultAzureCredential() });
  return {
    names: async () => (await keyVault.names()).flatMap((name) => settingOfSecret(name) ?? []),
    set: async (setting, value) => {
      const secret = vaultSecretName(setting);
      const reader = {
        subscriptionId: text('subscriptionId'),
        resourceGroup: text('resourceGroupName'),
        vault,
        principalId: text('appPrincipalId'),
      };
      await keyVault.set(secret, value);
      await letApplicationRead(managementPlane(), secret, reader);
    },
  };
}
