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

/** `Standard_C1` in the form of the API. */
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
