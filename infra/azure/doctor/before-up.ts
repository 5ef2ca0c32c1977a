import type { Check, CheckContext, Finding } from './check.ts';
import { mysqlOffer } from './mysql-offer.ts';
import { names } from './names.ts';
import { permissions } from './permissions.ts';
import { planQuota } from './plan-quota.ts';
import { providers } from './providers.ts';
import { zones } from './zones.ts';

/** Checks for what would stop a first `up`. Read-only. */
export const BEFORE_UP: readonly Check[] = [permissions, providers, zones, planQuota, mysqlOffer, names];

/** All findings, in the order of the checks. */
export async function runChecks(context: CheckContext, checks: readonly Check[] = BEFORE_UP): Promise<Finding[]> {
  return (await Promise.all(checks.map((check) => check.run(context)))).flat();
}
