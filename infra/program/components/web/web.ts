import { WebApp } from '@pulumi/azure-native/web/webApp.js';
import { WebAppFtpAllowed } from '@pulumi/azure-native/web/webAppFtpAllowed.js';
import { WebAppFtpAllowedSlot } from '@pulumi/azure-native/web/webAppFtpAllowedSlot.js';
import { WebAppScmAllowed } from '@pulumi/azure-native/web/webAppScmAllowed.js';
import { WebAppScmAllowedSlot } from '@pulumi/azure-native/web/webAppScmAllowedSlot.js';
import { WebAppSlot } from '@pulumi/azure-native/web/webAppSlot.js';
import { WebAppSlotConfigurationNames } from '@pulumi/azure-native/web/webAppSlotConfigurationNames.js';
import { ComponentResource, type Input, type Output, type Resource } from '@pulumi/pulumi';
import type { Context } from '../../context.ts';
import type { Telling, Told } from '../diagnostics/diagnostics.ts';
import type { Identity } from '../identity/identity.ts';
import type { Network } from '../network/network.ts';
import type { Plan } from '../plan/plan.ts';
import { STICKY_SETTINGS } from './app-settings.ts';
import { siteArguments } from './site.ts';

export const STAGING = 'staging';

export interface WebInput {
  readonly plan: Plan;
  readonly identity: Identity;
  readonly network: Network;
  readonly frontDoorId: Input<string> | undefined;
  /** What the app needs to exist and to be allowed before it starts: roles, secrets, data, names in the network. */
  readonly before: readonly Resource[];
}

/**
 * The web app and its `staging` slot. What releases change (settings, site containers) and what a swap carries (mounts)
 * is not part of them: see settings.ts.
 */
export class Web extends ComponentResource implements Telling {
  readonly appId: Output<string>;
  readonly slotId: Output<string>;
  readonly told: readonly Told[];
  readonly appName: Output<string>;
  readonly slotName = STAGING;
  readonly hostNames: { readonly production: Output<string>; readonly staging: Output<string> };
  readonly app: WebApp;
  readonly slot: WebAppSlot;
  /** The last write to app and slot; the next one has to wait for it, or Azure answers 409. */
  readonly settled: readonly Resource[];
  readonly #context: Context;
  readonly #group: Output<string>;

  constructor(context: Context, group: Output<string>, input: WebInput) {
    super('slipway:program:Web', 'web');
    this.#context = context;
    this.#group = group;
    this.app = this.#app(input);
    this.slot = this.#slot(input);
    this.settled = this.#noBasicLogins(this.#stickyNames());
    this.appId = this.app.id;
    this.slotId = this.slot.id;
    this.told = [
      { name: 'app', type: 'web:WebApp', id: this.appId },
      { name: 'staging', type: 'web:WebAppSlot', id: this.slotId },
    ];
    this.appName = this.app.name;
    this.hostNames = { production: this.app.defaultHostName, staging: this.slot.defaultHostName };
    this.registerOutputs({ appName: this.appName });
  }

  #app({ before, ...input }: WebInput): WebApp {
    const { names, keeps } = this.#context;
    return new WebApp(
      'app',
      { name: names.global('app', 60), resourceGroupName: this.#group, ...this.#site(input) },
      { parent: this, dependsOn: [...before], protect: keeps('app') },
    );
  }

  #slot({ before, ...input }: WebInput): WebAppSlot {
    return new WebAppSlot(
      'staging',
      { name: this.app.name, slot: STAGING, resourceGroupName: this.#group, ...this.#site(input) },
      { parent: this, dependsOn: [...before], protect: this.#context.keeps('app') },
    );
  }

  #site({ plan, identity, network, frontDoorId }: Omit<WebInput, 'before'>) {
    const { appSubnetId: subnetId } = network;
    return siteArguments(this.#context, { planId: plan.id, identityId: identity.id, subnetId, frontDoorId });
  }

  /** Replaced whole by whoever writes it, so it has this one owner. */
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

  /** Entra tokens only. https://learn.microsoft.com/azure/app-service/configure-basic-auth-disable */
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
