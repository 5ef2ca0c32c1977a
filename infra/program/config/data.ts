import { CLASSIC_REDIS_SKUS, MANAGED_REDIS_SKUS } from '../components/cache/redis-sizes.ts';
import { MYSQL_SKUS, type MysqlSkuName } from '../components/database/mysql-sizes.ts';
import { always, byStage, choice, flag, integer, text } from './key.ts';

function isMysqlSku(name: string): name is MysqlSkuName {
  return name in MYSQL_SKUS;
}
const MYSQL_SKU_NAMES = Object.keys(MYSQL_SKUS).filter(isMysqlSku);
type ManagedSku = (typeof MANAGED_REDIS_SKUS)[number];
type ClassicSku = (typeof CLASSIC_REDIS_SKUS)[number];

export const mysql = {
  sku: choice('mysql.sku', MYSQL_SKU_NAMES, {
    about: 'Size of the MySQL server. Burstable has no high availability.',
    example: 'Standard_D4ads_v5',
    default: byStage<MysqlSkuName>({ prod: 'Standard_D2ads_v5', dev: 'Standard_B1ms' }),
  }),
  version: choice('mysql.version', ['8.4'], {
    about: 'MySQL version. 8.0 left standard support at the end of 2026.',
    example: '8.4',
    default: always('8.4'),
  }),
  storageGb: integer(
    'mysql.storageGb',
    { min: 20, max: 16_384 },
    {
      about: 'Storage at creation; it grows by itself and an `up` never makes it smaller.',
      example: '64',
      unit: 'GiB',
      default: byStage({ prod: 64, dev: 20 }),
    },
  ),
  highAvailability: choice('mysql.highAvailability', ['ZoneRedundant', 'SameZone', 'Disabled'], {
    about: 'Standby server; doubles the price. Zone redundancy can only be chosen at creation.',
    example: 'ZoneRedundant',
    default: byStage<'ZoneRedundant' | 'SameZone' | 'Disabled'>({ prod: 'ZoneRedundant', dev: 'Disabled' }),
  }),
  backupDays: integer(
    'mysql.backupDays',
    { min: 1, max: 35 },
    {
      about: 'How far back the server can be restored to any second.',
      example: '35',
      unit: 'days',
      default: byStage({ prod: 35, dev: 7 }),
    },
  ),
  geoBackup: flag('mysql.geoBackup', {
    about:
      'Backups in the paired region too. Fixed at creation for a server with a standby in another zone; for others it can be turned on later.',
    example: 'true',
    default: byStage({ prod: true, dev: false }),
  }),
  maintenance: text(
    'mysql.maintenance',
    {
      form: 'a weekday and an hour, in UTC',
      pattern: /^(Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday) ([01]\d|2[0-3]):00$/,
    },
    {
      about: 'When Azure may patch the server.',
      example: 'Sunday 02:00',
      unit: 'UTC',
      default: always('Sunday 02:00'),
    },
  ),
  slowQuerySeconds: integer(
    'mysql.slowQuerySeconds',
    { min: 1, max: 3600 },
    {
      about: 'A query that takes longer is in the slow-query log.',
      example: '2',
      unit: 's',
      default: always(2),
    },
  ),
} as const;

export const cache = {
  kind: choice('cache.kind', ['managed', 'classic'], {
    about:
      'Azure Managed Redis, or Azure Cache for Redis where the subscription still may create one (retired 2028-09-30).',
    example: 'managed',
    default: always<'managed' | 'classic'>('managed'),
  }),
  sku: choice('cache.sku', MANAGED_REDIS_SKUS, {
    about: 'Size of Azure Managed Redis.',
    example: 'Balanced_B1',
    default: byStage<ManagedSku>({ prod: 'Balanced_B1', dev: 'Balanced_B0' }),
  }),
  classicSku: choice('cache.classicSku', CLASSIC_REDIS_SKUS, {
    about: 'Size of Azure Cache for Redis, with `cache.kind: classic`.',
    example: 'Standard_C1',
    default: byStage<ClassicSku>({ prod: 'Standard_C1', dev: 'Standard_C0' }),
  }),
  highAvailability: flag('cache.highAvailability', {
    about: 'Two nodes, of Azure Managed Redis. Without it there is no SLA, and once on it cannot be turned off.',
    example: 'true',
    default: byStage({ prod: true, dev: false }),
  }),
} as const;

export const media = {
  replication: choice('media.replication', ['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'], {
    about: 'Copies of the media: in one building, over zones, in the paired region too.',
    example: 'Standard_GZRS',
    default: byStage<'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_GZRS'>({
      prod: 'Standard_ZRS',
      dev: 'Standard_LRS',
    }),
  }),
  mount: flag('media.mount', {
    about:
      'Mounts the media container read-only at /mounts/media. It needs the account key, and a mount that fails keeps the container from starting; without it the sidecar reads every image through. The next release brings a change; the account key goes with the first `up` after no slot mounts any more.',
    example: 'false',
    default: always(true),
  }),
  shareGb: integer(
    'media.shareGb',
    { min: 0, max: 102_400 },
    {
      about:
        'Size of the Azure Files share for applications with media of mode `shared`; 0 makes none. Releases mount it at /mounts/shared for an application that has such media, with the account key. An alert says when it is 85 % full; it can grow and shrink at any time.',
      example: '100',
      unit: 'GiB',
      default: always(0),
    },
  ),
  // At most 200 days: https://learn.microsoft.com/azure/backup/azure-file-share-support-matrix#retention-limits
  shareSnapshotDays: integer(
    'media.shareSnapshotDays',
    { min: 0, max: 200 },
    {
      about:
        "How long the share's daily snapshots are kept, from which single files are restored; 0 takes none. Azure Backup takes them, as a trusted service of Azure that the account then lets in. Going back to 0 deletes them, which `protect.except` has to allow with `media` first.",
      example: '60',
      unit: 'days',
      default: byStage({ prod: 30, dev: 0 }),
    },
  ),
  softDeleteDays: integer(
    'media.softDeleteDays',
    { min: 1, max: 365 },
    {
      about: 'How long a deleted blob, container or version can be brought back.',
      example: '30',
      unit: 'days',
      default: byStage({ prod: 30, dev: 7 }),
    },
  ),
  coolAfterDays: integer(
    'media.coolAfterDays',
    { min: 0, max: 3650 },
    {
      about: 'Blobs not changed for so long move to the cool tier; 0 never moves one.',
      example: '90',
      unit: 'days',
      default: byStage({ prod: 90, dev: 0 }),
    },
  ),
  waitMs: integer(
    'media.waitMs',
    { min: 0, max: 10_000 },
    {
      about: 'How long PHP waits for the sidecar to say that an image is in Blob.',
      example: '1500',
      unit: 'ms',
      default: always(1500),
    },
  ),
  retentionHours: integer(
    'media.retentionHours',
    { min: 1, max: 720 },
    {
      about: 'How long an uploaded file stays on the disk.',
      example: '24',
      unit: 'h',
      default: always(24),
    },
  ),
  drainTimeoutSeconds: integer(
    'media.drainTimeoutSeconds',
    { min: 5, max: 600 },
    {
      about: 'How long a release waits for the outbox to be empty.',
      example: '60',
      unit: 's',
      default: always(60),
    },
  ),
  scanMs: integer(
    'media.scanMs',
    { min: 50, max: 60_000 },
    {
      about: 'How often the sidecar looks at the outbox.',
      example: '200',
      unit: 'ms',
      default: always(200),
    },
  ),
} as const;
