import { metricRows, rowsOf } from './kql.ts';

/** A query on the workspace's tables, or on Application Insights' own, whose charts show the markers of releases. */
export interface QueryTile {
  readonly title: string;
  readonly query: string;
  readonly visualization: 'timechart' | 'table';
  readonly of?: 'insights';
}

/** What Azure Resource Manager answers to a GET below Application Insights: a row per member of `value`. */
export interface ArmTile {
  readonly title: string;
  /** Below the id of the component, with its query. `{Range:…}` is the time that was chosen. */
  readonly path: string;
  /** Title of a column to the member that it shows. */
  readonly columns: Readonly<Record<string, string>>;
}

/** A question that somebody on call has, and where the answer is. */
export interface Section {
  readonly question: string;
  readonly about: string;
  readonly tiles: readonly (QueryTile | ArmTile)[];
}

const PER_MINUTE = 'bin(TimeGenerated, 1m)';
const metric = (name: string): string =>
  `${metricRows(name)} | summarize max(Max) by ${PER_MINUTE}, strcat(Slot, " ", AppRoleInstance)`;

const answers = rowsOf('AppServiceHTTPLogs', { ScStatus: 'long', TimeTaken: 'long', _ResourceId: 'string' });
const platform = rowsOf('AppServicePlatformLogs', { Level: 'string', Message: 'string', _ResourceId: 'string' });
const slow = rowsOf('AzureDiagnostics', { Category: 'string', query_time_d: 'real', sql_text_s: 'string' });
const waf = rowsOf('AzureDiagnostics', {
  Category: 'string',
  action_s: 'string',
  ruleName_s: 'string',
  requestUri_s: 'string',
});
const requests = rowsOf('AppRequests', {
  Name: 'string',
  DurationMs: 'real',
  ResultCode: 'string',
  AppVersion: 'string',
  AppRoleInstance: 'string',
  OperationId: 'string',
});
const calls = rowsOf('AppDependencies', {
  Name: 'string',
  Target: 'string',
  DependencyType: 'string',
  DurationMs: 'real',
  ResultCode: 'string',
  AppRoleName: 'string',
  OperationId: 'string',
});
const lines = rowsOf('AppServiceConsoleLogs', { ResultDescription: 'string', _ResourceId: 'string' });
const platformMetrics = rowsOf('AzureMetrics', { MetricName: 'string', Average: 'real', Maximum: 'real' });

export const SECTIONS: readonly Section[] = [
  {
    question: 'What happened in the last release, and which version is live?',
    about:
      'The marks in the first chart are releases. `./slipway history --stack` has steps and gates. Runbooks: *failed-release*, *swap-stuck*.',
    tiles: [
      {
        title: 'Requests by version: a swap is where one takes over from the other',
        query: 'requests | summarize count() by bin(timestamp, 1m), application_Version',
        visualization: 'timechart',
        of: 'insights',
      },
      {
        title: 'Releases that changed production',
        path: '/Annotations?api-version=2015-05-01&start={Range:startISO}&end={Range:endISO}',
        columns: { When: 'EventTime', What: 'AnnotationName', Details: 'Properties' },
      },
      {
        title: 'The version that each instance answered with last',
        query: `${requests} | where isnotempty(AppVersion) | summarize arg_max(TimeGenerated, AppVersion) by AppRoleInstance | order by TimeGenerated desc`,
        visualization: 'table',
      },
      {
        title: 'Answers by status',
        query: `${answers} | summarize count() by ${PER_MINUTE}, tostring(ScStatus / 100 * 100)`,
        visualization: 'timechart',
      },
      {
        title: 'What the platform did to the app',
        query: `${platform} | project TimeGenerated, Level, Message, _ResourceId | top 200 by TimeGenerated`,
        visualization: 'table',
      },
    ],
  },
  {
    question: 'Which setting differs between the slots?',
    about:
      'After a release staging holds the version before, with its settings: so what differs is what the last release changed, which its row above names under `changed`. `./slipway status --stack` and `./slipway drift` compare with what was released.',
    tiles: [],
  },
  {
    question: 'Why is this request slow?',
    about:
      'The id of a request, put into *Transaction search* of Application Insights, shows its whole path. Runbooks: *production-down*, *scale-for-an-event*.',
    tiles: [
      {
        title: 'Time to answer, 95 of 100 requests (ms)',
        query: `${answers} | summarize percentile(TimeTaken, 95) by ${PER_MINUTE}, _ResourceId`,
        visualization: 'timechart',
      },
      {
        title: 'The slowest requests',
        query: `${requests} | top 50 by DurationMs | project TimeGenerated, Name, DurationMs, ResultCode, AppVersion, AppRoleInstance, OperationId`,
        visualization: 'table',
      },
      {
        title: 'What the slowest requests waited for',
        query: `let slowest = toscalar(${requests} | top 50 by DurationMs | summarize make_set(OperationId)); ${calls} | where OperationId in (slowest) | summarize calls = count(), longest = max(DurationMs), together = sum(DurationMs) by DependencyType, Target, Name | top 50 by together`,
        visualization: 'table',
      },
      {
        title: 'Slow queries',
        query: `${slow} | where Category == "MySqlSlowLogs" | project TimeGenerated, query_time_d, sql_text_s | top 50 by query_time_d`,
        visualization: 'table',
      },
    ],
  },
  {
    question: 'Why is this image not in Blob?',
    about:
      'Until it is there it is in the outbox, and is served from it. `./slipway media list --stack` names the file and the reason. Runbook: *media-lagging*.',
    tiles: [
      { title: 'Files on their way to Blob', query: metric('slipway_media_pending'), visualization: 'timechart' },
      {
        title: 'Age of the oldest of them (s)',
        query: metric('slipway_media_oldest_seconds'),
        visualization: 'timechart',
      },
      { title: 'Stuck files', query: metric('slipway_media_stuck'), visualization: 'timechart' },
      { title: 'Sidecars that report', query: metric('slipway_sidecar_ready'), visualization: 'timechart' },
      {
        title: 'What the sidecars say, warnings and errors',
        query: `${lines} | where ResultDescription has "sidecar" and ResultDescription has_any ("warn", "error") | project TimeGenerated, ResultDescription, _ResourceId | top 100 by TimeGenerated`,
        visualization: 'table',
      },
      {
        title: 'How Blob answered the sidecars',
        query: `${calls} | where Target contains "blob" | summarize calls = count(), longest = max(DurationMs) by ResultCode, Name | top 50 by calls`,
        visualization: 'table',
      },
    ],
  },
  {
    question: 'Is it the load?',
    about: 'Runbook: *scale-for-an-event*.',
    tiles: [
      {
        title: 'CPU and memory of the workers (%), requests that wait, number of workers',
        query: `${platformMetrics} | where MetricName in ("CpuPercentage", "MemoryPercentage", "HttpQueueLength", "ObservedCapacity") | summarize max(Average) by ${PER_MINUTE}, MetricName`,
        visualization: 'timechart',
      },
      {
        title: 'What the WAF refused',
        query: `${waf} | where Category == "FrontDoorWebApplicationFirewallLog" and action_s =~ "Block" | summarize refused = count() by ruleName_s, requestUri_s | top 50 by refused`,
        visualization: 'table',
      },
    ],
  },
];
