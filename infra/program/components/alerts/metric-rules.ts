import { metricRows, rowsOf } from '../observe/kql.ts';
import type { SlotName } from '../web/app-settings.ts';
import type { Runbook } from './runbooks.ts';

/** A metric alert on one resource. */
export interface MetricRule {
  readonly name: string;
  readonly about: string;
  readonly runbook: Runbook;
  readonly metricNamespace: string;
  readonly metricName: string;
  readonly operator: 'GreaterThan' | 'GreaterThanOrEqual' | 'LessThan' | 'LessThanOrEqual';
  readonly threshold: number;
  readonly aggregation: 'Average' | 'Maximum' | 'Minimum' | 'Total';
  readonly window: string;
  readonly every: string;
  /** 0 critical … 4 verbose. */
  readonly severity: 0 | 1 | 2 | 3 | 4;
  /** Only values of this dimension count. */
  readonly only?: { readonly dimension: string; readonly value: string };
  /** Would fire from the first `up` to the first release, when the app has nothing to run yet. */
  readonly afterRelease?: true;
}

/** Kinds of resources with metric alerts. */
export const WATCHED = [
  'app',
  'autoscale',
  'cache-classic',
  'cache-managed',
  'door',
  'media',
  'mysql',
  'plan',
  'share',
  'vault',
] as const;
export type Watched = (typeof WATCHED)[number];

interface Row extends Omit<MetricRule, 'metricNamespace' | 'runbook'> {
  /** When it is another than that of its resource. */
  readonly runbook?: Runbook;
}

interface WatchedRules {
  readonly metricNamespace: string;
  readonly runbook: Runbook;
  readonly rows: readonly Row[];
}

/**
 * Thresholds of Azure Monitor Baseline Alerts, services/<provider>/<type>/alerts.yaml at commit b772e9f9 (2026-05-26),
 * https://azure.github.io/azure-monitor-baseline-alerts. A row says why where its threshold differs or has no baseline.
 */
const RULES: Readonly<Record<Watched, WatchedRules>> = {
  plan: {
    metricNamespace: 'Microsoft.Web/serverfarms',
    runbook: 'scale-for-an-event',
    rows: [
      above('plan-cpu', 'CpuPercentage', 90, { about: 'The workers compute all the time.' }),
      above('plan-memory', 'MemoryPercentage', 90, { about: 'The workers have no memory left.' }),
      above('plan-queue', 'HttpQueueLength', 100, { about: 'Requests wait for a worker.' }),
    ],
  },
  app: {
    metricNamespace: 'Microsoft.Web/sites',
    runbook: 'production-down',
    rows: [
      above('app-5xx', 'Http5xx', 10, {
        about: 'The app answers with server errors.',
        aggregation: 'Total',
        window: 'PT15M',
        every: 'PT5M',
        severity: 1,
      }),
      above('app-slow', 'HttpResponseTime', 5, {
        about: 'Answers take longer than 5 s on average.',
        window: 'PT30M',
        every: 'PT15M',
        severity: 1,
      }),
      {
        ...above('app-unhealthy', 'HealthCheckStatus', 100, { about: 'An instance fails its health check.' }),
        operator: 'LessThan',
        afterRelease: true,
      },
    ],
  },
  // No baseline. The threshold is `autoscale.max`.
  autoscale: {
    metricNamespace: 'Microsoft.Insights/autoscalesettings',
    runbook: 'scale-for-an-event',
    rows: [
      {
        ...above('autoscale-max', 'ObservedCapacity', 0, {
          about: 'Autoscale has reached its maximum: more load finds no more workers.',
          window: 'PT15M',
          every: 'PT5M',
          severity: 2,
        }),
        operator: 'GreaterThanOrEqual',
      },
    ],
  },
  mysql: {
    metricNamespace: 'Microsoft.DBforMySQL/flexibleServers',
    runbook: 'dependency-down',
    rows: [
      // Baseline: 6 hours. Shorter here, because visitors notice sooner.
      above('mysql-cpu', 'cpu_percent', 95, {
        about: 'MySQL computes all the time.',
        window: 'PT30M',
        every: 'PT5M',
        severity: 2,
      }),
      above('mysql-io', 'io_consumption_percent', 95, {
        about: 'MySQL waits for its disk.',
        window: 'PT30M',
        every: 'PT5M',
        severity: 2,
      }),
      above('mysql-memory', 'memory_percent', 95, { about: 'MySQL has no memory left.' }),
      above('mysql-storage', 'storage_percent', 90, {
        about: "MySQL's storage is filling.",
        runbook: 'disk-full',
        aggregation: 'Maximum',
        severity: 2,
      }),
      above('mysql-aborted', 'aborted_connections', 10, {
        about: 'Connections to MySQL fail.',
        aggregation: 'Total',
        severity: 1,
      }),
    ],
  },
  // There is no baseline for Azure Managed Redis. Thresholds are those of Azure Cache for Redis, for metrics that exist here:
  // https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-cache-redisenterprise-metrics
  'cache-managed': {
    metricNamespace: 'Microsoft.Cache/redisEnterprise',
    runbook: 'dependency-down',
    rows: [
      above('redis-cpu', 'percentProcessorTime', 80, {
        about: 'Redis computes all the time.',
        window: 'PT15M',
        every: 'PT5M',
      }),
      above('redis-memory', 'usedmemorypercentage', 90, {
        about: 'Redis is full.',
        window: 'PT15M',
        every: 'PT5M',
        severity: 2,
      }),
    ],
  },
  'cache-classic': {
    metricNamespace: 'Microsoft.Cache/Redis',
    runbook: 'dependency-down',
    rows: [
      above('redis-load', 'serverLoad', 85, { about: 'Redis computes all the time.', window: 'PT15M', every: 'PT5M' }),
      above('redis-memory', 'usedmemorypercentage', 90, {
        about: 'Redis is full.',
        window: 'PT15M',
        every: 'PT5M',
        severity: 2,
      }),
    ],
  },
  media: {
    metricNamespace: 'Microsoft.Storage/storageAccounts',
    runbook: 'dependency-down',
    rows: [
      // Baseline: 1 minute. Longer here, so that one failed request in a quiet minute raises no alert.
      {
        ...above('media-availability', 'Availability', 100, { about: 'Blob fails requests.', severity: 1 }),
        operator: 'LessThan',
      },
    ],
  },
  // No baseline. The threshold is 85 % of `media.shareGb`; Azure writes the metric once an hour.
  share: {
    metricNamespace: 'Microsoft.Storage/storageAccounts/fileServices',
    runbook: 'disk-full',
    rows: [
      above('share-full', 'FileCapacity', 0, {
        about: 'The share of media is filling: in a full one every write fails.',
        window: 'PT1H',
        every: 'PT15M',
        severity: 1,
      }),
    ],
  },
  vault: {
    metricNamespace: 'Microsoft.KeyVault/vaults',
    runbook: 'dependency-down',
    rows: [
      {
        ...above('vault-availability', 'Availability', 90, { about: 'The vault fails requests.', severity: 1 }),
        operator: 'LessThan',
      },
      above('vault-saturation', 'SaturationShoebox', 75, { about: "The vault's capacity runs out.", severity: 1 }),
    ],
  },
  door: {
    metricNamespace: 'Microsoft.Cdn/profiles',
    runbook: 'production-down',
    rows: [
      {
        ...above('door-origin', 'OriginHealthPercentage', 90, {
          about: 'Front Door cannot reach production.',
          severity: 2,
          // Staging is away during every release.
          only: { dimension: 'OriginGroup', value: 'production' },
          afterRelease: true,
        }),
        operator: 'LessThanOrEqual',
      },
      above('door-5xx', 'Percentage5XX', 10, { about: 'Visitors get server errors.', severity: 2, afterRelease: true }),
    ],
  },
};

/** Defaults are the most frequent values of the baseline: average over 5 minutes, evaluated every minute, severity 3. */
function above(name: string, metricName: string, threshold: number, rest: Pick<Row, 'about'> & Partial<Row>): Row {
  return {
    name,
    metricName,
    threshold,
    operator: 'GreaterThan',
    aggregation: 'Average',
    window: 'PT5M',
    every: 'PT1M',
    severity: 3,
    ...rest,
  };
}

const GIB = 1024 ** 3;
const SHARE_FULL = 0.85;

/** Thresholds that config decides: autoscale's maximum, and the size of the share in GiB. */
export interface Sizes {
  readonly autoscaleMax: number;
  readonly shareGb: number;
}

export function metricRules(watched: Watched, { autoscaleMax, shareGb }: Sizes): readonly MetricRule[] {
  const { metricNamespace, runbook, rows } = RULES[watched];
  return rows.map((row) => ({
    runbook,
    ...row,
    metricNamespace,
    ...(watched === 'autoscale' ? { threshold: autoscaleMax } : {}),
    ...(watched === 'share' ? { threshold: Math.round(shareGb * GIB * SHARE_FULL) } : {}),
  }));
}

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

/**
 * Five test locations. The alert fires when three fail: the recommendation is all minus two,
 * https://learn.microsoft.com/azure/azure-monitor/app/availability. The ids are those of the API, not region names.
 */
const LOCATIONS = [
  'emea-nl-ams-azr', // West Europe
  'emea-gb-db3-azr', // North Europe
  'emea-ru-msa-edge', // UK South
  'emea-fr-pra-edge', // France Central
  'us-va-ash-azr', // East US
];
export const FAILED_LOCATIONS = LOCATIONS.length - 2;

/** Tests deep health, so that a lost database counts as unavailable (503). */
export const AVAILABILITY = {
  path: '/_slipway/health',
  settings: {
    kind: 'standard' as const,
    webTestKind: 'standard' as const,
    enabled: true,
    retryEnabled: true,
    /** Seconds. */
    frequency: 300,
    timeout: 30,
    locations: LOCATIONS.map((location) => ({ location })),
    validationRules: { expectedHttpStatusCode: 200, sSLCheck: true, sSLCertRemainingLifetimeCheck: 14 },
  },
};
