/** What one kind of resource tells the workspace. */
export interface Diagnostics {
  /** Below the resource's own id. */
  readonly below?: string;
  /** Category group or categories; absent: only metrics. */
  readonly logs?: readonly { readonly categoryGroup: string }[] | readonly { readonly category: string }[];
  readonly metrics?: readonly string[];
}

const ALL_LOGS = [{ categoryGroup: 'allLogs' }];
const ALL_METRICS = ['AllMetrics'];

/**
 * By type. Categories: https://learn.microsoft.com/azure/azure-monitor/reference/logs-index and …/metrics-index.
 * Reading blobs is left out: every image would be a log line; writing and deleting are kept.
 */
export const DIAGNOSTICS: Readonly<Record<string, Diagnostics>> = {
  'cdn:Profile': { logs: ALL_LOGS, metrics: ALL_METRICS },
  'containerregistry:Registry': { logs: ALL_LOGS, metrics: ALL_METRICS },
  'dbformysql:Server': { logs: [{ category: 'MySqlSlowLogs' }, { category: 'MySqlAuditLogs' }], metrics: ALL_METRICS },
  'keyvault:Vault': { logs: ALL_LOGS, metrics: ALL_METRICS },
  'monitor:AutoscaleSetting': { logs: ALL_LOGS, metrics: ALL_METRICS },
  'network:NetworkSecurityGroup': { logs: ALL_LOGS },
  'network:VirtualNetwork': { logs: ALL_LOGS, metrics: ALL_METRICS },
  // Who asked what; kept in itself.
  'operationalinsights:Workspace': { logs: [{ categoryGroup: 'audit' }] },
  'redis:Redis': { logs: ALL_LOGS, metrics: ALL_METRICS },
  'redisenterprise:Database': { logs: ALL_LOGS },
  'redisenterprise:RedisEnterprise': { metrics: ALL_METRICS },
  'storage:StorageAccount': {
    below: '/blobServices/default',
    logs: [{ category: 'StorageWrite' }, { category: 'StorageDelete' }],
    metrics: ['Transaction'],
  },
  'web:AppServicePlan': { metrics: ALL_METRICS },
  // Diagnostic settings do not swap, so app and slot each have theirs.
  'web:WebApp': { logs: ALL_LOGS, metrics: ALL_METRICS },
  'web:WebAppSlot': { logs: ALL_LOGS, metrics: ALL_METRICS },
};
