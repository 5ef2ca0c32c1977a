/** What of a size the program has to know. */
export interface PlanSku {
  readonly tier: string;
  readonly vcpus: number;
  readonly memoryGb: number;
  /** Zone redundancy is for Premium v2 and later. https://learn.microsoft.com/azure/reliability/reliability-app-service */
  readonly zones: boolean;
}

/**
 * Plans that can have deployment slots: Standard and better; Basic cannot.
 * Sizes: https://azure.microsoft.com/pricing/details/app-service/linux. Tiers as Azure gives them back, so that a refresh
 * finds no difference, and as it wants them when asked where a size is sold.
 */
export const PLAN_SKUS = {
  S1: { tier: 'Standard', vcpus: 1, memoryGb: 1.75, zones: false },
  S2: { tier: 'Standard', vcpus: 2, memoryGb: 3.5, zones: false },
  S3: { tier: 'Standard', vcpus: 4, memoryGb: 7, zones: false },
  P0v3: { tier: 'Premium0V3', vcpus: 1, memoryGb: 4, zones: true },
  P1v3: { tier: 'PremiumV3', vcpus: 2, memoryGb: 8, zones: true },
  P2v3: { tier: 'PremiumV3', vcpus: 4, memoryGb: 16, zones: true },
  P3v3: { tier: 'PremiumV3', vcpus: 8, memoryGb: 32, zones: true },
  P1mv3: { tier: 'PremiumMV3', vcpus: 2, memoryGb: 16, zones: true },
  P2mv3: { tier: 'PremiumMV3', vcpus: 4, memoryGb: 32, zones: true },
  P3mv3: { tier: 'PremiumMV3', vcpus: 8, memoryGb: 64, zones: true },
} as const satisfies Record<string, PlanSku>;
export type PlanSkuName = keyof typeof PLAN_SKUS;

/** Memory kept from php-fpm: the platform's agents, nginx, the sidecar. */
const RESERVED_MB = 768;
/** A child with GD at work and opcache shared; memory_limit is 128 MB and seldom reached. */
const CHILD_MB = 64;
/** More children than this per core only queue inside PHP instead of in nginx. */
const CHILDREN_PER_VCPU = 24;

/**
 * php-fpm children for one slot. Both slots run on the same workers, so each gets half the memory.
 * App Service's own default is 5: https://github.com/microsoft/Oryx/blob/main/doc/configuration.md (FPM_MAX_CHILDREN)
 */
export function fpmChildren({ vcpus, memoryGb }: PlanSku): number {
  const byMemory = Math.floor((memoryGb * 1024 - RESERVED_MB) / 2 / CHILD_MB);
  return Math.max(5, Math.min(byMemory, vcpus * CHILDREN_PER_VCPU));
}

export type MysqlTier = 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized';

/** https://learn.microsoft.com/azure/mysql/flexible-server/concepts-service-tiers-storage (sizes, August 2026) */
export const MYSQL_SKUS = {
  Standard_B1ms: 'Burstable',
  Standard_B2s: 'Burstable',
  Standard_B2ms: 'Burstable',
  Standard_B4ms: 'Burstable',
  Standard_D2ads_v5: 'GeneralPurpose',
  Standard_D4ads_v5: 'GeneralPurpose',
  Standard_D8ads_v5: 'GeneralPurpose',
  Standard_D16ads_v5: 'GeneralPurpose',
  Standard_E2ads_v5: 'MemoryOptimized',
  Standard_E4ads_v5: 'MemoryOptimized',
  Standard_E8ads_v5: 'MemoryOptimized',
} as const satisfies Record<string, MysqlTier>;
export type MysqlSkuName = keyof typeof MYSQL_SKUS;

/**
 * Azure Managed Redis up to 24 GB, since only then one shard (`NoCluster`, at most 25 GB) serves it.
 * https://learn.microsoft.com/azure/redis/architecture
 */
export const MANAGED_REDIS_SKUS = [
  'Balanced_B0',
  'Balanced_B1',
  'Balanced_B3',
  'Balanced_B5',
  'Balanced_B10',
  'Balanced_B20',
  'MemoryOptimized_M10',
  'MemoryOptimized_M20',
  'ComputeOptimized_X3',
  'ComputeOptimized_X5',
  'ComputeOptimized_X10',
  'ComputeOptimized_X20',
] as const;

/**
 * Azure Cache for Redis with two nodes or more, without persistence.
 * https://learn.microsoft.com/azure/azure-cache-for-redis/cache-overview
 */
export const CLASSIC_REDIS_SKUS = [
  'Standard_C0',
  'Standard_C1',
  'Standard_C2',
  'Standard_C3',
  'Standard_C4',
  'Premium_P1',
  'Premium_P2',
] as const;

/** `Standard_C1` → what the API wants to see. */
export function classicRedisSku(name: (typeof CLASSIC_REDIS_SKUS)[number]): {
  readonly name: 'Standard' | 'Premium';
  readonly family: 'C' | 'P';
  readonly capacity: number;
} {
  const capacity = Number(name.at(-1));
  return name.startsWith('Premium')
    ? { name: 'Premium', family: 'P', capacity }
    : { name: 'Standard', family: 'C', capacity };
}
