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
