/** Logs and metrics that one resource type sends to the workspace. */
export interface Diagnostics {
  /** Appended to the resource's id. */
  readonly below?: string;
  /** Category group or categories. Default: metrics only. */
  readonly logs?: readonly { readonly categoryGroup: string }[] | readonly { readonly category: string }[];
  readonly metrics?: readonly string[];
  /** Logs go to tables of their type; types without this choose by themselves. */
  readonly dedicated?: true;
}

const ALL_LOGS = [{ categoryGroup: 'allLogs' }] as const;
const ALL_METRICS = ['AllMetrics'] as const;

/**
 * By type. Categories: https://learn.microsoft.com/azure/azure-monitor/reference/logs-index and …/metrics-index.
 * StorageRead is left out because every image would be a log line; writes and deletes are logged.
 */
export const DIAGNOSTICS = {
  'cdn:Profile': { logs: ALL_LOGS, metrics: ALL_METRICS },
  'containerregistry:Registry': { logs: ALL_LOGS, metrics: ALL_METRICS },
  'dbformysql:Server': { logs: [{ category: 'MySqlSlowLogs' }, { category: 'MySqlAuditLogs' }], metrics: ALL_METRICS },
  'keyvault:Vault': { logs: ALL_LOGS, metrics: ALL_METRICS },
  'monitor:AutoscaleSetting': { logs: ALL_LOGS, metrics: ALL_METRICS },
  'network:NetworkSecurityGroup': { logs: ALL_LOGS },
  'network:VirtualNetwork': { logs: ALL_LOGS, metrics: ALL_METRICS },
  // Who ran which query; stored in the workspace itself.
  'operationalinsights:Workspace': { logs: [{ categoryGroup: 'audit' }] },
  // With tables of its own; what allLogs holds besides is the older form of the same.
  'recoveryservices:Vault': {
    logs: [{ category: 'CoreAzureBackup' }, { category: 'AddonAzureBackupJobs' }],
    dedicated: true,
  },
  'redis:Redis': { logs: ALL_LOGS, metrics: ALL_METRICS },
  'redisenterprise:Database': { logs: ALL_LOGS },
  'redisenterprise:RedisEnterprise': { metrics: ALL_METRICS },
  'storage:StorageAccount': {
    below: '/blobServices/default',
    logs: [{ category: 'StorageWrite' }, { category: 'StorageDelete' }],
    metrics: ['Transaction'],
  },
  'web:AppServicePlan': { metrics: ALL_METRICS },
  // Diagnostic settings are not swapped, so app and slot have one each.
  'web:WebApp': { logs: ALL_LOGS, metrics: ALL_METRICS },
  'web:WebAppSlot': { logs: ALL_LOGS, metrics: ALL_METRICS },
} as const satisfies Readonly<Record<string, Diagnostics>>;
export type DiagnosedType = keyof typeof DIAGNOSTICS;

/** The logs and metrics of a type, undefined for a type that sends none. */
export function diagnosticsOf(type: string): Diagnostics | undefined {
  return isDiagnosed(type) ? DIAGNOSTICS[type] : undefined;
}

function isDiagnosed(type: string): type is DiagnosedType {
  return Object.hasOwn(DIAGNOSTICS, type);
}
