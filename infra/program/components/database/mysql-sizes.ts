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

const MEMORY_GB: Readonly<Record<MysqlSkuName, number>> = {
  Standard_B1ms: 2,
  Standard_B2s: 4,
  Standard_B2ms: 8,
  Standard_B4ms: 16,
  Standard_D2ads_v5: 8,
  Standard_D4ads_v5: 16,
  Standard_D8ads_v5: 32,
  Standard_D16ads_v5: 64,
  Standard_E2ads_v5: 16,
  Standard_E4ads_v5: 32,
  Standard_E8ads_v5: 64,
};
const CONNECTIONS_PER_GB = 256 / 3;

/** The default of `max_connections`: https://learn.microsoft.com/azure/mysql/flexible-server/concepts-server-parameters#max_connections */
export function maxConnections(sku: MysqlSkuName): number {
  return Math.round(MEMORY_GB[sku] * CONNECTIONS_PER_GB);
}
