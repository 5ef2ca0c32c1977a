import type { Input } from '@pulumi/pulumi';
import type { Context } from '../../context.ts';
import { PATHS } from './app-settings.ts';

export interface SiteInput {
  readonly planId: Input<string>;
  readonly identityId: Input<string>;
  readonly subnetId: Input<string>;
  /** Front Door's own id, when there is one: nobody else may ask. */
  readonly frontDoorId: Input<string> | undefined;
}

/**
 * What the app and its slot have in common, which is everything: they trade places. `appSettings` is left out on purpose:
 * a site written without it keeps the ones it has, a site written with it loses what a release put there
 * (https://github.com/Azure/azure-quickstart-templates/issues/8495).
 */
export function siteArguments({ config, location, tags }: Context, input: SiteInput) {
  const { planId, identityId, subnetId, frontDoorId } = input;
  return {
    location,
    tags,
    kind: 'app,linux',
    reserved: true,
    serverFarmId: planId,
    httpsOnly: true,
    // Sessions are nowhere, so a visitor need not stay with an instance.
    clientAffinityEnabled: false,
    keyVaultReferenceIdentity: identityId,
    identity: { type: 'UserAssigned' as const, userAssignedIdentities: [identityId] },
    publicNetworkAccess: 'Enabled',
    virtualNetworkSubnetId: subnetId,
    // Not the image: the registry is public to the app's identity. https://learn.microsoft.com/azure/app-service/overview-vnet-integration
    outboundVnetRouting: { applicationTraffic: true, imagePullTraffic: false, contentShareTraffic: false },
    siteConfig: {
      linuxFxVersion: `PHP|${config.web.phpVersion}`,
      appCommandLine: PATHS.startup,
      alwaysOn: true,
      healthCheckPath: PATHS.live,
      ftpsState: 'Disabled',
      http20Enabled: true,
      minTlsVersion: '1.2',
      scmMinTlsVersion: '1.2',
      webSocketsEnabled: false,
      remoteDebuggingEnabled: false,
      ...accessRestrictions(frontDoorId),
    },
  };
}

/**
 * Service tag and the profile's own id together: the tag alone would let in every other customer of Front Door.
 * https://learn.microsoft.com/azure/app-service/overview-access-restrictions. The SCM site stays open to Entra tokens,
 * so that a hosted pipeline can publish.
 */
function accessRestrictions(frontDoorId: Input<string> | undefined) {
  const scm = { scmIpSecurityRestrictionsUseMain: false, scmIpSecurityRestrictionsDefaultAction: 'Allow' };
  if (frontDoorId === undefined) return { ...scm, ipSecurityRestrictionsDefaultAction: 'Allow' };
  return {
    ...scm,
    ipSecurityRestrictionsDefaultAction: 'Deny',
    ipSecurityRestrictions: [
      {
        name: 'front-door',
        description: 'This Front Door profile and nobody else',
        priority: 100,
        action: 'Allow',
        tag: 'ServiceTag',
        ipAddress: 'AzureFrontDoor.Backend',
        headers: { 'x-azure-fdid': [frontDoorId] },
      },
    ],
  };
}
