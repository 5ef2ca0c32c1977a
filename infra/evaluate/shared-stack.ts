import { placeholder } from './placeholders.ts';
import type { JsonObject } from './values.ts';

/**
 * The outputs of stage `shared` with default config, which answer the StackReference of `dev` and `prod`. A test compares them
 * with an evaluation of `shared`.
 */
export const SHARED_NAMES = {
  resourceGroupName: 'rg-slipway-shared',
  registryName: 'acrslipwaysharedcdwiyi',
  releasesAccountName: 'stslipwaysharedcdwiyi',
  releasesContainerName: 'releases',
};

export function sharedStackOutputs(referenceUrn: string, subscriptionId: string): JsonObject {
  const providers = `/subscriptions/${subscriptionId}/resourceGroups/${SHARED_NAMES.resourceGroupName}/providers`;
  return {
    ...SHARED_NAMES,
    registryId: `${providers}/Microsoft.ContainerRegistry/registries/${SHARED_NAMES.registryName}`,
    registryLoginServer: `${SHARED_NAMES.registryName}.azurecr.io`,
    releasesAccountId: `${providers}/Microsoft.Storage/storageAccounts/${SHARED_NAMES.releasesAccountName}`,
    releasesEndpoint: placeholder({ urn: referenceUrn, path: 'outputs.releasesEndpoint' }),
  };
}
