import { getAppServicePlan } from '@pulumi/azure-native/web/getAppServicePlan.js';
import { getWebApp } from '@pulumi/azure-native/web/getWebApp.js';
import { mysqlStorageGb } from './components/database/mysql-api.ts';
import { type Names, resourceNames } from './naming.ts';

/**
 * Values in Azure that others change: autoscale or an operator the plan's capacity, Azure the size of MySQL's storage. They
 * belong to resources with other inputs, which rules `ignoreChanges` out: Pulumi sends an ignored input with its old value
 * from the state whenever another one changes. So the program passes the present value.
 */
export interface Present {
  /** Undefined while there is no plan. */
  readonly planCapacity: number | undefined;
  /** Undefined while there is no server. */
  readonly mysqlStorageGb: number | undefined;
  /** Whether production ever got a version, which only a swap does. */
  readonly released: boolean;
}

export const NOTHING_YET: Present = { planCapacity: undefined, mysqlStorageGb: undefined, released: false };

/** Asks Azure. Rejects when Azure does not answer, because a guess could undo what others did. */
export async function presentValues(names: Names): Promise<Present> {
  const { group: resourceGroupName, plan, mysql, app } = resourceNames(names);
  const [planCapacity, storageGb, lastSwap] = await Promise.all([
    unlessMissing(getAppServicePlan({ resourceGroupName, name: plan }).then(({ sku }) => sku?.capacity)),
    unlessMissing(mysqlStorageGb({ resourceGroupName, serverName: mysql })),
    unlessMissing(getWebApp({ resourceGroupName, name: app }).then(({ slotSwapStatus }) => slotSwapStatus)),
  ]);
  return { planCapacity, mysqlStorageGb: storageGb, released: (lastSwap?.timestampUtc ?? '') !== '' };
}

/** Undefined for what Azure answers 404 to; azure-native puts status and code of the answer into the message. */
async function unlessMissing<T>(answer: Promise<T | undefined>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof Error && /\b404\b|NotFound/.test(error.message)) return undefined;
    throw error;
  });
}
