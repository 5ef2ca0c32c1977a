import { WebAppApplicationSettings } from '@pulumi/azure-native/web/webAppApplicationSettings.js';
import { WebAppApplicationSettingsSlot } from '@pulumi/azure-native/web/webAppApplicationSettingsSlot.js';
import { WebAppAzureStorageAccounts } from '@pulumi/azure-native/web/webAppAzureStorageAccounts.js';
import { WebAppAzureStorageAccountsSlot } from '@pulumi/azure-native/web/webAppAzureStorageAccountsSlot.js';
import { WebAppSiteContainer } from '@pulumi/azure-native/web/webAppSiteContainer.js';
import { WebAppSiteContainerSlot } from '@pulumi/azure-native/web/webAppSiteContainerSlot.js';
import { ComponentResource, type Input, type Output, type Resource } from '@pulumi/pulumi';
import type { WantedMount } from '../../../lib/wanted.ts';
import type { Config } from '../../config/config.ts';
import type { Media } from '../media/media.ts';
import {
  PATHS,
  type Settings,
  SIDECAR_NAME,
  STICKY_SETTINGS,
  type siteContainer,
  slotSettings,
  startOf,
} from './app-settings.ts';
import type { Web } from './web.ts';

export interface SettingsInput {
  readonly web: Web;
  readonly media: Media;
  readonly settings: Settings;
  /** Absent while the image's digest is unknown. */
  readonly container: ReturnType<typeof siteContainer> | undefined;
}

/** A mount whose values may come from other resources. */
export type Mount = { readonly [Member in keyof WantedMount]: Input<WantedMount[Member]> };

/** What the next release writes: values and Key Vault references, never a secret or a key. */
export interface Wanted {
  readonly stack: string;
  readonly command: string;
  readonly mounts: Readonly<Record<string, Mount>>;
  /** Without the sticky ones. */
  readonly settings: Settings;
  readonly siteContainers: readonly { readonly name: string; readonly properties: ReturnType<typeof siteContainer> }[];
  readonly slotStickyNames: readonly string[];
  readonly stickySettings: Readonly<Record<string, Readonly<Record<string, Input<string>>>>>;
}

/**
 * Settings, mounts and site containers, which belong to releases. The first `up` creates them; later ones leave them alone,
 * because one changed by an `up` would restart production without warm-up or verification. `wanted` is what the next release
 * writes.
 */
export class ReleasedSettings extends ComponentResource {
  readonly wanted: Wanted;
  readonly #group: Output<string>;

  constructor(config: Config, group: Output<string>, input: SettingsInput) {
    super('slipway:program:ReleasedSettings', 'released-settings');
    this.#group = group;
    // One write at a time: Azure answers 409 to a second write to the same site.
    let last = this.#settings(input);
    last = this.#mounts(input, last);
    if (input.container !== undefined) this.#containers(input.web, input.container, last);
    this.wanted = wanted(config, input);
    this.registerOutputs({});
  }

  #settings({ web, settings }: SettingsInput): Resource[] {
    const of = { name: web.app.name, resourceGroupName: this.#group };
    const options = { parent: this, ignoreChanges: ['properties'], dependsOn: [...web.lastWrites] };
    return [
      new WebAppApplicationSettings(
        'app-settings',
        { ...of, properties: slotSettings(settings, 'production') },
        options,
      ),
      new WebAppApplicationSettingsSlot(
        'staging-settings',
        { ...of, slot: web.slotName, properties: slotSettings(settings, 'staging') },
        options,
      ),
    ];
  }

  /** Registered without a mount too: a resource that is gone from the program would take production's mounts with it. */
  #mounts({ web, media }: SettingsInput, after: Resource[]): Resource[] {
    const of = { name: web.app.name, resourceGroupName: this.#group };
    const properties = media.hasKeys ? { media: { ...mediaMount(media), accessKey: media.accountKey() } } : {};
    const options = { parent: this, ignoreChanges: ['properties'], dependsOn: after };
    return [
      new WebAppAzureStorageAccounts('app-mounts', { ...of, properties }, options),
      new WebAppAzureStorageAccountsSlot('staging-mounts', { ...of, slot: web.slotName, properties }, options),
    ];
  }

  #containers(web: Web, container: ReturnType<typeof siteContainer>, after: Resource[]): void {
    const of = { name: web.app.name, resourceGroupName: this.#group, containerName: SIDECAR_NAME };
    const options = { parent: this, ignoreChanges: Object.keys(container), dependsOn: after };
    new WebAppSiteContainer('app-sidecar', { ...of, ...container }, options);
    new WebAppSiteContainerSlot('staging-sidecar', { ...of, slot: web.slotName, ...container }, options);
  }
}

/** Blob mounts are read-only: https://learn.microsoft.com/azure/app-service/configure-connect-to-azure-storage */
function mediaMount(media: Media) {
  return {
    type: 'AzureBlob',
    protocol: 'Http',
    accountName: media.accountName,
    shareName: media.containerName,
    mountPath: PATHS.mediaMount,
  } as const satisfies Mount;
}

/** A release takes it for an application that has shared media. Of both slots: its name is not sticky. */
function shareMount({ accountName }: Media, shareName: Output<string>) {
  return {
    type: 'AzureFiles',
    protocol: 'Smb',
    accountName,
    shareName,
    mountPath: PATHS.mediaShare,
  } as const satisfies Mount;
}

function wanted(config: Config, { media, settings, container }: SettingsInput): Wanted {
  return {
    ...startOf(config),
    mounts: {
      ...(config.media.mount ? { media: mediaMount(media) } : {}),
      ...(media.share === undefined ? {} : { shared: shareMount(media, media.share.name) }),
    },
    settings,
    siteContainers: container === undefined ? [] : [{ name: SIDECAR_NAME, properties: container }],
    slotStickyNames: Object.keys(STICKY_SETTINGS.production),
    stickySettings: STICKY_SETTINGS,
  };
}
