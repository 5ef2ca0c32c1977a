import { WebApp } from '@pulumi/azure-native/web/webApp.js';
import { WebAppFtpAllowed } from '@pulumi/azure-native/web/webAppFtpAllowed.js';
import { WebAppFtpAllowedSlot } from '@pulumi/azure-native/web/webAppFtpAllowedSlot.js';
import { WebAppScmAllowed } from '@pulumi/azure-native/web/webAppScmAllowed.js';
import { WebAppScmAllowedSlot } from '@pulumi/azure-native/web/webAppScmAllowedSlot.js';
import { WebAppSlot } from '@pulumi/azure-native/web/webAppSlot.js';
import { WebAppSlotConfigurationNames } from '@pulumi/azure-native/web/webAppSlotConfigurationNames.js';
import { WebAppSwiftVirtualNetworkConnection } from '@pulumi/azure-native/web/webAppSwiftVirtualNetworkConnection.js';
import { WebAppSwiftVirtualNetworkConnectionSlot } from '@pulumi/azure-native/web/webAppSwiftVirtualNetworkConnectionSlot.js';
import { ComponentResource, type Input, type Output, type Resource } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import { resourceNames } from '../../base/naming.ts';
import { STAGING } from '../../base/present.ts';
import type { DiagnosticSource, DiagnosticTarget } from '../diagnostics/diagnostics.ts';
import type { Identity } from '../identity/identity.ts';
import type { Network } from '../network/network.ts';
import type { Plan } from '../plan/plan.ts';
import { type SlotName, STICKY_SETTINGS } from './app-settings.ts';
import { siteArguments } from './site.ts';

export interface WebInput {
  readonly plan: Plan;
  readonly identity: Identity;
  readonly network: Network;
  readonly frontDoorId: Input<string> | undefined;
  /** Resources that have to exist before the app starts: roles, secrets, data stores, private DNS records. */
  readonly prerequisites: readonly Resource[];
}

/**
 * The web app and its `staging` slot. Settings, mounts and site containers, which belong to releases, are in
 * released-settings.ts.
 */
export class Web extends ComponentResource implements DiagnosticSource {
  readonly appId: Output<string>;
  readonly slotId: Output<string>;
  readonly diagnosticTargets: readonly DiagnosticTarget[];
  readonly appName: Output<string>;
  readonly slotName = STAGING;
  readonly hostNames: { readonly production: Output<string>; readonly staging: Output<string> };
  readonly app: WebApp;
  readonly slot: WebAppSlot;
  /** The last writes to app and slot; the next write has to wait for them, or Azure answers 409. */
  readonly lastWrites: readonly Resource[];
  readonly #context: Context;
  readonly #group: Output<string>;

  constructor(context: Context, group: Output<string>, input: WebInput) {
    super('slipway:program:Web', 'web');
    this.#context = context;
    this.#group = group;
    this.app = this.#app(input);
    this.slot = this.#slot(input);
    this.lastWrites = this.#integrations(input, this.#noBasicLogins(this.#stickyNames()));
    this.appId = this.app.id;
    this.slotId = this.slot.id;
    this.diagnosticTargets = [
      { name: 'app', type: 'web:WebApp', id: this.appId },
      { name: 'staging', type: 'web:WebAppSlot', id: this.slotId },
    ];
    this.appName = this.app.name;
    this.hostNames = { production: this.app.defaultHostName, staging: this.slot.defaultHostName };
    this.registerOutputs({ appName: this.appName });
  }

  #app({ prerequisites, ...input }: WebInput): WebApp {
    const { names, isProtected } = this.#context;
    return input.network.join(
      (joined) =>
        new WebApp(
          'app',
          { name: resourceNames(names).app, resourceGroupName: this.#group, ...this.#site('production', input) },
          { parent: this, dependsOn: [...prerequisites, ...joined], protect: isProtected('app') },
        ),
    );
  }

  #slot({ prerequisites, ...input }: WebInput): WebAppSlot {
    return input.network.join(
      (joined) =>
        new WebAppSlot(
          'staging',
          { name: this.app.name, slot: STAGING, resourceGroupName: this.#group, ...this.#site('staging', input) },
          { parent: this, dependsOn: [...prerequisites, ...joined], protect: this.#context.isProtected('app') },
        ),
    );
  }

  #site(slot: SlotName, { plan, identity, network, frontDoorId }: Omit<WebInput, 'prerequisites'>) {
    const { appSubnetId: subnetId } = network;
    return siteArguments(this.#context, slot, { planId: plan.id, identityId: identity.id, subnetId, frontDoorId });
  }

  /** A write replaces the whole list, so only the program writes it. */
  #stickyNames(): WebAppSlotConfigurationNames {
    return new WebAppSlotConfigurationNames(
      'sticky-names',
      {
        name: this.app.name,
        resourceGroupName: this.#group,
        appSettingNames: Object.keys(STICKY_SETTINGS.production),
        connectionStringNames: [],
        azureStorageConfigNames: [],
      },
      { parent: this, dependsOn: [this.slot] },
    );
  }

  /**
   * The network integration, which the sites' own arguments make as well. Only these can be deleted before the sites: a site
   * that is deleted while it is integrated can leave subnet and network undeletable.
   * https://learn.microsoft.com/azure/app-service/overview-vnet-integration
   */
  #integrations({ network }: WebInput, after: readonly Resource[]): Resource[] {
    const app = {
      name: this.app.name,
      resourceGroupName: this.#group,
      subnetResourceId: network.appSubnetId,
      swiftSupported: true,
    };
    const options = (dependsOn: readonly Resource[]) => ({ parent: this, dependsOn: [...dependsOn] });
    const ofApp = network.join(
      (joined) => new WebAppSwiftVirtualNetworkConnection('app-network', app, options([...after, ...joined])),
    );
    const ofSlot = network.join(
      (joined) =>
        new WebAppSwiftVirtualNetworkConnectionSlot(
          'staging-network',
          { ...app, slot: STAGING },
          options([this.slot, ...after, ...joined]),
        ),
    );
    return [ofApp, ofSlot];
  }

  /** Only Entra tokens are accepted. https://learn.microsoft.com/azure/app-service/configure-basic-auth-disable */
  #noBasicLogins(after: Resource): Resource[] {
    const app = { name: this.app.name, resourceGroupName: this.#group, allow: false };
    const slot = { ...app, slot: STAGING };
    const next = (previous: Resource) => ({ parent: this, dependsOn: [previous] });
    const appFtp = new WebAppFtpAllowed('app-ftp', app, next(after));
    const slotFtp = new WebAppFtpAllowedSlot('staging-ftp', slot, next(after));
    return [
      new WebAppScmAllowed('app-scm', app, next(appFtp)),
      new WebAppScmAllowedSlot('staging-scm', slot, next(slotFtp)),
    ];
  }
}
