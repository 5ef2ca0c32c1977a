/** Columns of one table of a Log Analytics workspace, with their types. */
type Columns = Readonly<Record<string, 'datetime' | 'dynamic' | 'int' | 'real' | 'string'>>;

const common: Columns = { TimeGenerated: 'datetime', TenantId: 'string', Type: 'string', _ResourceId: 'string' };

/**
 * The tables that the system's logs and metrics are in. Columns are those of Azure Monitor's table reference,
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/<table in small letters>, unless another source is named.
 */
export const AZURE_TABLES: Readonly<Record<string, Columns>> = {
  AppDependencies: {
    ...common,
    ...{ AppRoleInstance: 'string', AppRoleName: 'string', AppVersion: 'string', Data: 'string' },
    ...{ DependencyType: 'string', DurationMs: 'real', Id: 'string', ItemCount: 'int', Name: 'string' },
    ...{ OperationId: 'string', Properties: 'dynamic', ResultCode: 'string', Target: 'string' },
  },
  AppMetrics: {
    ...common,
    ...{ AppRoleInstance: 'string', AppRoleName: 'string', AppVersion: 'string', Name: 'string' },
    ...{ ItemCount: 'int', Max: 'real', Min: 'real', Sum: 'real', Properties: 'dynamic' },
  },
  AppRequests: {
    ...common,
    ...{ AppRoleInstance: 'string', AppRoleName: 'string', AppVersion: 'string', DurationMs: 'real', Id: 'string' },
    ...{ ItemCount: 'int', Name: 'string', OperationId: 'string', Properties: 'dynamic', ResultCode: 'string' },
    ...{ Url: 'string' },
  },
  AppServiceConsoleLogs: {
    ...common,
    ...{ ContainerId: 'string', Host: 'string', Level: 'string', OperationName: 'string', ResultDescription: 'string' },
  },
  AppServiceHTTPLogs: {
    ...common,
    ...{ CIp: 'string', CsHost: 'string', CsMethod: 'string', CsUriQuery: 'string', CsUriStem: 'string' },
    ...{ CsBytes: 'int', ScBytes: 'int', ScStatus: 'int', ScSubStatus: 'string', TimeTaken: 'int' },
    ...{ Referer: 'string', Result: 'string', UserAgent: 'string' },
  },
  AppServicePlatformLogs: {
    ...common,
    ...{ ActivityId: 'string', ContainerId: 'string', DeploymentId: 'string', Exception: 'string' },
    ...{ Host: 'string', Level: 'string', Message: 'string', OperationName: 'string', StackTrace: 'string' },
  },
  // Each property of a resource log is a column here: its name and `_s` for text, `_d` for numbers.
  // https://learn.microsoft.com/azure/azure-monitor/reference/tables/azurediagnostics
  AzureDiagnostics: {
    ...common,
    ...{ Category: 'string', OperationName: 'string' },
    // Names as in the queries of this page; its list of properties has `query_time_s`.
    // https://learn.microsoft.com/azure/mysql/flexible-server/concepts-slow-query-logs
    ...{ query_time_d: 'real', sql_text_s: 'string' },
    // https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-monitor
    ...{ action_s: 'string', clientIP_s: 'string', host_s: 'string', policy_s: 'string', policyMode_s: 'string' },
    ...{ requestUri_s: 'string', ruleName_s: 'string', trackingReference_s: 'string' },
  },
  AzureMetrics: {
    ...common,
    ...{ Average: 'real', Count: 'real', Maximum: 'real', MetricName: 'string', Minimum: 'real', Total: 'real' },
    ...{ ResourceProvider: 'string', UnitName: 'string' },
  },
  // The name of AppRequests in queries of Application Insights itself.
  // https://learn.microsoft.com/azure/azure-monitor/app/convert-classic-resource#apprequests
  requests: {
    ...{ timestamp: 'datetime', application_Version: 'string', cloud_RoleInstance: 'string', duration: 'real' },
    ...{ name: 'string', operation_Id: 'string', resultCode: 'string' },
  },
  // A function that reads the table Operation. https://learn.microsoft.com/azure/azure-monitor/logs/monitor-workspace
  _LogOperation: { ...common, Category: 'string', Detail: 'string', Level: 'string', Operation: 'string' },
};
