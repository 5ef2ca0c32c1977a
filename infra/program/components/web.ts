import { WebApp } from '@pulumi/azure-native/web/webApp.js';
import { WebAppSlot } from '@pulumi/azure-native/web/webAppSlot.js';
import { WebAppSlotConfigurationNames } from '@pulumi/azure-native/web/webAppSlotConfigurationNames.js';
import { ComponentResource, type Output, type Resource } from '@pulumi/pulumi';
import { STICKY_SETTINGS } from '../app-settings.ts';
import type { Context } from '../context.ts';
import { siteArguments } from '../site.ts';
import type { Identity } from './identity.ts';
import type { Plan } from './plan.ts';

export const STAGING = 'staging';

export interface WebInput {
  readonly plan: Plan;
  readonly identity: Identity;
  /** What the app needs to exist and to be allowed before it starts: roles, secrets, network. */
  readonly before: readonly Resource[];
}

/**
 * The web app and its `staging` slot. What releases change (settings, site containers) and what a swap carries (mounts)
 * is not part of them: see settings.ts.
 */
export class Web extends ComponentResource {
  readonly appId: Output<string>;
  readonly slotId: Output<string>;
  readonly appName: Output<string>;
  readonly slotName = STAGING;
  readonly hostNames: { readonly production: Output<string>; readonly staging: Output<string> };
  readonly app: WebApp;
  readonly slot: WebAppSlot;
  readonly #context: Context;
  readonly #group: Output<string>;

  constructor(context: Context, group: Output<string>, input: WebInput) {
    super('slipway:program:Web', 'web');
    this.#context = context;
    this.#group = group;
    this.app = this.#app(input);
    this.slot = this.#slot(input);
    this.#stickyNames();
    this.appId = this.app.id;
    this.slotId = this.slot.id;
    this.appName = this.app.name;
    this.hostNames = { production: this.app.defaultHostName, staging: this.slot.defaultHostName };
    this.registerOutputs({ appName: this.appName });
  }

  #app({ plan, identity, before }: WebInput): WebApp {
    const { names, keeps } = this.#context;
    const site = siteArguments(this.#context, { planId: plan.id, identityId: identity.id });
    return new WebApp(
      'app',
      { name: names.global('app', 60), resourceGroupName: this.#group, ...site },
      { parent: this, dependsOn: [...before], protect: keeps('app') },
    );
  }

  #slot({ plan, identity, before }: WebInput): WebAppSlot {
    const site = siteArguments(this.#context, { planId: plan.id, identityId: identity.id });
    return new WebAppSlot(
      'staging',
      { name: this.app.name, slot: STAGING, resourceGroupName: this.#group, ...site },
      { parent: this, dependsOn: [...before], protect: this.#context.keeps('app') },
    );
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
      { parent: this },
    );
  }
}
