import { getAppServicePlan } from '@pulumi/azure-native/web/getAppServicePlan.js';
import { getWebApp } from '@pulumi/azure-native/web/getWebApp.js';
import { getWebAppSlot } from '@pulumi/azure-native/web/getWebAppSlot.js';
import { listWebAppApplicationSettings } from '@pulumi/azure-native/web/listWebAppApplicationSettings.js';
import { listWebAppAzureStorageAccounts } from '@pulumi/azure-native/web/listWebAppAzureStorageAccounts.js';
import { listWebAppAzureStorageAccountsSlot } from '@pulumi/azure-native/web/listWebAppAzureStorageAccountsSlot.js';
import { mysqlStorageGb } from './mysql-api.ts';
import { type Names, resourceNames } from './naming.ts';

export const STAGING = 'staging';

/** What a site runs. A swap carries it, and releases change it in the slot that they stage. */
export interface PresentSite {
  /** `linuxFxVersion` */
  readonly stack: string | undefined;
}

/**
 * Values in Azure that others change: autoscale or an operator the plan's capacity, Azure the size of MySQL's storage,
 * releases the stack of a site. They
 * belong to resources with other inputs, which rules `ignoreChanges` out: Pulumi sends an ignored input with its old value
 * from the state whenever another one changes. So the program passes the present value.
 */
export interface Present {
  /** Undefined while there is no plan. */
  readonly planCapacity: number | undefined;
  /** Undefined while there is no server. */
  readonly mysqlStorageGb: number | undefined;
  /** Undefined while there is no such site. */
  readonly sites: Readonly<Record<'production' | 'staging', PresentSite | undefined>>;
  /** `secrets.rotation` of the version in production; undefined while there is none. */
  readonly rotation: number | undefined;
  /** Names of the storage accounts that a slot mounts. */
  readonly mountedAccounts: readonly string[];
  /** Whether production ever got a version, which only a swap does. */
  readonly released: boolean;
}

export const NOTHING_YET: Present = {
  planCapacity: undefined,
  mysqlStorageGb: undefined,
  sites: { production: undefined, staging: undefined },
  rotation: undefined,
  mountedAccounts: [],
  released: false,
};

/** Asks Azure. Rejects when Azure does not answer, because a guess could undo what others did. */
export async function presentValues(names: Names): Promise<Present> {
  const { group: resourceGroupName, plan, mysql, app } = resourceNames(names);
  const site = { resourceGroupName, name: app };
  const slot = { ...site, slot: STAGING };
  const [planCapacity, storageGb, production, staging, settings, ...mounts] = await Promise.all([
    unlessMissing(getAppServicePlan({ resourceGroupName, name: plan }).then(({ sku }) => sku?.capacity)),
    unlessMissing(mysqlStorageGb({ resourceGroupName, serverName: mysql })),
    unlessMissing(getWebApp(site)),
    unlessMissing(getWebAppSlot(slot)),
    unlessMissing(listWebAppApplicationSettings(site)),
    unlessMissing(listWebAppAzureStorageAccounts(site)),
    unlessMissing(listWebAppAzureStorageAccountsSlot(slot)),
  ]);
  return {
    planCapacity,
    mysqlStorageGb: storageGb,
    sites: { production: presentSite(production), staging: presentSite(staging) },
    rotation: rotationOf(settings?.properties),
    mountedAccounts: mounts.flatMap((found) => Object.values(found?.properties ?? {})).map(accountOf),
    released: (production?.slotSwapStatus?.timestampUtc ?? '') !== '',
  };
}

function rotationOf(settings: Readonly<Record<string, string>> | undefined): number | undefined {
  const rotation = Number(settings?.CREDENTIALS_ROTATION);
  return Number.isInteger(rotation) ? rotation : undefined;
}

interface ShownSite {
  readonly siteConfig?: { readonly linuxFxVersion?: string | null };
}

function presentSite(site: ShownSite | undefined): PresentSite | undefined {
  if (site === undefined) return undefined;
  // Azure shows null or nothing for what it leaves out.
  return { stack: site.siteConfig?.linuxFxVersion || undefined };
}

function accountOf({ accountName }: { readonly accountName?: string }): string {
  return accountName ?? '';
}

/** Undefined for what Azure answers 404 to; azure-native puts status and code of the answer into the message. */
async function unlessMissing<T>(answer: Promise<T | undefined>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof Error && /\b404\b|NotFound/.test(error.message)) return undefined;
    throw error;
  });
}
