import { metricRows, rowsOf } from '../observe/kql.ts';
import type { SlotName } from '../web/app-settings.ts';
import type { Runbook } from './runbooks.ts';

/** A log alert. */
export interface QueryRule {
  readonly name: string;
  readonly about: string;
  readonly runbook: Runbook;
  readonly query: string;
  /** It fires when the query has at least one row. */
  readonly window: string;
  /** How far back the query looks, where that is further than the window; ISO 8601, at most two days. */
  readonly lookBack?: 'P2D';
  readonly severity: 1 | 2 | 3;
}

const reported = (metric: string, condition: string): string =>
  `${metricRows(metric)}${condition} | project TimeGenerated, Max`;

/** A row when the slot's sidecar has been ready in the last two days and not in the last ten minutes. */
const absent = (slot: SlotName): string =>
  `${metricRows('slipway_sidecar_ready')} | where Slot == "${slot}" and Max >= 1 | summarize Last = max(TimeGenerated) | where Last < ago(10m)`;

/** Log alerts that need no sidecar. */
export const LOG_RULES: readonly QueryRule[] = [
  {
    // https://learn.microsoft.com/azure/azure-monitor/logs/daily-cap
    name: 'logs-capped',
    about: 'The daily cap of the logs is reached: alerts that read logs see nothing until tomorrow.',
    runbook: 'disk-full',
    query: `${rowsOf('_LogOperation', { Category: 'string', Detail: 'string' })} | where Category =~ "Ingestion" and Detail contains "OverQuota"`,
    window: 'PT15M',
    severity: 2,
  },
];

/** Log alerts on the sidecar's metrics. Before the first release there are none, and so no row. */
export const SIDECAR_RULES: readonly QueryRule[] = [
  {
    name: 'sidecar-absent',
    about: "Production's sidecar has not been ready for 10 minutes: images stay on the disk.",
    runbook: 'media-lagging',
    query: absent('production'),
    window: 'PT10M',
    lookBack: 'P2D',
    severity: 1,
  },
  {
    name: 'sidecar-absent-staging',
    about:
      "Staging's sidecar has not been ready for 10 minutes: the next release is refused, and what the last one left is not carried.",
    runbook: 'media-lagging',
    query: absent('staging'),
    window: 'PT10M',
    lookBack: 'P2D',
    severity: 3,
  },
  {
    name: 'media-stuck',
    about: 'A file cannot be carried to Blob. `slipway media list` says which and why.',
    runbook: 'media-lagging',
    query: reported('slipway_media_stuck', ' | where Max > 0'),
    window: 'PT10M',
    severity: 2,
  },
  {
    name: 'media-conflicts',
    about: 'A file has another content than the blob of its name. `slipway media list` says which.',
    runbook: 'media-lagging',
    query: reported('slipway_media_conflicts', ' | where Max > 0'),
    window: 'PT10M',
    severity: 2,
  },
  {
    name: 'media-late',
    about: 'A file has been waiting for Blob for more than 5 minutes.',
    runbook: 'media-lagging',
    query: reported('slipway_media_oldest_seconds', ' | where Max > 300'),
    window: 'PT10M',
    severity: 2,
  },
];
