import type { Config } from '../config.ts';
import { PLAN_SKUS } from '../skus.ts';

/** What has to hold between keys; `refuse` takes the key that has to change and what would be allowed. */
export function crossCheck(config: Config, refuse: (key: string, allowed: string) => void): void {
  const { plan } = config;
  if (plan.zoneRedundant && !PLAN_SKUS[plan.sku].zones) {
    refuse('plan.zoneRedundant', `false with plan.sku ${plan.sku}: zone redundancy needs Premium v3`);
  }
}
