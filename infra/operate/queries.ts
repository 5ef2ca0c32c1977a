import { rowsOf } from '../program/components/observe/kql.ts';

const APP_METRICS = rowsOf('AppMetrics', {
  Name: 'string',
  Max: 'real',
  AppRoleInstance: 'string',
  Properties: 'dynamic',
});

/** What the sidecar sends of itself, once a minute. */
export const SIDECAR_METRICS = [
  'slipway_sidecar_ready',
  'slipway_blob_up',
  'slipway_media_pending',
  'slipway_media_oldest_seconds',
  'slipway_media_stuck',
  'slipway_media_conflicts',
] as const;
const NAMES = SIDECAR_METRICS.map((name) => `"${name}"`).join(', ');

/** The last value of each of the sidecar's metrics, by slot and instance. */
export const SIDECARS_QUERY = `${APP_METRICS} | extend Slot = tostring(Properties.slot) | where Name in (${NAMES}) | summarize arg_max(TimeGenerated, Max) by Name, Slot, AppRoleInstance`;

/** Lines that one query returns, the newest. */
export const LINES_MAX = 1_000;

/** What of the logs is asked for. Members that are left out do not narrow it. */
export interface LogSelection {
  readonly slot?: 'production' | 'staging';
  /** Name of the staging slot on App Service. */
  readonly stagingSlot: string;
  /** `app`, `sidecar`, `platform`, `requests`, or of the application `worker.NAME` and `schedule`. */
  readonly process?: string;
  /** Trace id. */
  readonly trace?: string;
}

/**
 * Lines of the app and its slot, as `TimeGenerated`, `Source` (`console`, `platform`, `requests`), `Host`, `Level`, `Line` and `_ResourceId`.
 * Requests are asked for by name only: there is one for every visitor.
 */
export function logQuery({ slot, stagingSlot, process, trace }: LogSelection): string {
  const sources = sourcesOf(process, trace);
  const conditions = [
    ...(slot === undefined ? [] : [`_ResourceId ${slot === 'staging' ? '' : '!'}endswith "/slots/${stagingSlot}"`]),
    ...(trace === undefined ? [] : [`Line has "${trace}"`]),
    // A coarse choice; each line says itself whose it is.
    ...(process === 'sidecar' || process === 'schedule' || process?.startsWith('worker.')
      ? [`Line has "${process}"`]
      : []),
  ];
  const [first = '', ...others] = sources.map((source) => SOURCES[source]);
  const all = others.length === 0 ? first : `union (${first}), ${others.map((other) => `(${other})`).join(', ')}`;
  return [all, ...conditions.map((condition) => `where ${condition}`), `top ${LINES_MAX} by TimeGenerated desc`].join(
    ' | ',
  );
}

/** Of the lines that a trace has, only the console's name it. */
function sourcesOf(process: string | undefined, trace: string | undefined): (keyof typeof SOURCES)[] {
  if (process === 'platform' || process === 'requests') return [process];
  return process === undefined && trace === undefined ? ['console', 'platform'] : ['console'];
}

const PROJECTED = 'project TimeGenerated, Source, Host, Level, Line, _ResourceId';

/** https://learn.microsoft.com/azure/azure-monitor/reference/tables/appserviceconsolelogs, …/appserviceplatformlogs, …/appservicehttplogs */
const SOURCES = {
  console: `${rowsOf('AppServiceConsoleLogs', { ResultDescription: 'string', Level: 'string', Host: 'string', _ResourceId: 'string' })} | extend Source = "console", Line = ResultDescription | ${PROJECTED}`,
  platform: `${rowsOf('AppServicePlatformLogs', { Message: 'string', Level: 'string', Host: 'string', _ResourceId: 'string' })} | extend Source = "platform", Line = Message | ${PROJECTED}`,
  requests: `${rowsOf('AppServiceHTTPLogs', { CsMethod: 'string', CsUriStem: 'string', ScStatus: 'long', TimeTaken: 'long', _ResourceId: 'string' })} | extend Source = "requests", Host = "", Level = "", Line = strcat(CsMethod, " ", CsUriStem, " ", ScStatus, " ", TimeTaken, " ms") | ${PROJECTED}`,
} as const;
