import type { Settings, SlotState, StickyNames, StorageMounts, WebConfig } from './site-state.ts';

/**
 * What of `config/web` stays with the slot at a swap; everything else moves.
 * Source: App Service's "Which settings are swapped?".
 */
const WEB_CONFIG_STAYS: ReadonlySet<string> = new Set([
  'alwaysOn',
  'autoSwapSlotName',
  'cors',
  'ftpsState',
  'ipSecurityRestrictions',
  'ipSecurityRestrictionsDefaultAction',
  'keyVaultReferenceIdentity',
  'minTlsVersion',
  'minTlsCipherSuite',
  'numberOfWorkers',
  'publicNetworkAccess',
  'publishingUsername',
  'scmIpSecurityRestrictions',
  'scmIpSecurityRestrictionsDefaultAction',
  'scmIpSecurityRestrictionsUseMain',
  'scmMinTlsVersion',
  'vnetName',
  'vnetPrivatePortsCount',
  'vnetRouteAllEnabled',
]);

/** `moving` without its sticky entries, plus the sticky entries of `staying`. */
function merge<T>(
  moving: Readonly<Record<string, T>>,
  staying: Readonly<Record<string, T>>,
  sticky: (name: string) => boolean,
): Record<string, T> {
  return Object.fromEntries([
    ...Object.entries(moving).filter(([name]) => !sticky(name)),
    ...Object.entries(staying).filter(([name]) => sticky(name)),
  ]);
}

/** The settings with which `moving`'s content runs in the place of the slot that has `staying`. */
export function settingsInPlace(moving: Settings, staying: Settings, names: StickyNames): Settings {
  const sticky = new Set(names.appSettingNames);
  return merge(moving, staying, (name) => sticky.has(name));
}

export function mountsInPlace(moving: StorageMounts, staying: StorageMounts, names: StickyNames): StorageMounts {
  const sticky = new Set(names.azureStorageConfigNames);
  return merge(moving, staying, (name) => sticky.has(name));
}

export function webConfigInPlace(moving: WebConfig, staying: WebConfig): WebConfig {
  return merge(moving, staying, (name) => WEB_CONFIG_STAYS.has(name));
}

/** The slot that now has `moving`'s worker, in the place where `staying` was. */
export function slotInPlace(moving: SlotState, staying: SlotState, names: StickyNames): SlotState {
  return {
    worker: moving.worker,
    state: staying.state,
    settings: settingsInPlace(moving.settings, staying.settings, names),
    siteContainers: moving.siteContainers,
    storageMounts: mountsInPlace(moving.storageMounts, staying.storageMounts, names),
    web: webConfigInPlace(moving.web, staying.web),
  };
}
