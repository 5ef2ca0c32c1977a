import type { Input } from '@pulumi/pulumi';
import { PATHS } from './app-settings.ts';
import type { Context } from './context.ts';

export interface SiteInput {
  readonly planId: Input<string>;
  readonly identityId: Input<string>;
}

/**
 * What the app and its slot have in common, which is everything: they trade places. `appSettings` is left out on purpose:
 * a site written without it keeps the ones it has, a site written with it loses what a release put there
 * (https://github.com/Azure/azure-quickstart-templates/issues/8495).
 */
export function siteArguments({ config, location, tags }: Context, { planId, identityId }: SiteInput) {
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
    },
  };
}
