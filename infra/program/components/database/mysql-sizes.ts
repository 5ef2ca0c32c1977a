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
