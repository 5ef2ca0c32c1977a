import type { Input } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import { PATHS, type SlotName, startOf } from './app-settings.ts';

export interface SiteInput {
  readonly planId: Input<string>;
  readonly identityId: Input<string>;
  readonly subnetId: Input<string>;
  /** Id of the only Front Door profile that may call the site; absent without Front Door. */
  readonly frontDoorId: Input<string> | undefined;
}

/**
 * Arguments of the app or its slot, which a swap exchanges. What a site is started with belongs to releases, so a site that
 * exists is written with the stack that it has. `appSettings` and `appCommandLine` are left out: a site written
 * without them keeps them, a site written with settings loses those of the last release
 * (https://github.com/Azure/azure-quickstart-templates/issues/8495).
 */
export function siteArguments(context: Context, slot: SlotName, input: SiteInput) {
  const { location, tags } = context;
  const { planId, identityId, subnetId, frontDoorId } = input;
  return {
    location,
    tags,
    kind: 'app,linux',
    reserved: true,
    serverFarmId: planId,
    httpsOnly: true,
    // The application has no sessions, so visitors need not stay with an instance.
    clientAffinityEnabled: false,
    keyVaultReferenceIdentity: identityId,
    identity: { type: 'UserAssigned' as const, userAssignedIdentities: [identityId] },
    publicNetworkAccess: 'Enabled',
    virtualNetworkSubnetId: subnetId,
    // imagePullTraffic is off: the registry is public and accepts the app's identity. https://learn.microsoft.com/azure/app-service/overview-vnet-integration
    outboundVnetRouting: { applicationTraffic: true, imagePullTraffic: false, contentShareTraffic: false },
    siteConfig: {
      ...startArguments(context, slot),
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

/** Without the startup command: a site without a package has nothing to start, and the release that brings one writes it. */
function startArguments({ config, present }: Context, slot: SlotName) {
  return { linuxFxVersion: present.sites[slot]?.stack ?? startOf(config).stack };
}

/**
 * Requires the service tag and the id of the profile: the tag alone would allow every customer of Front Door.
 * https://learn.microsoft.com/azure/app-service/overview-access-restrictions. The SCM site stays public for Entra
 * tokens, so that a hosted pipeline can publish.
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
