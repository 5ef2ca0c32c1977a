import type { ConfigReader } from './config-reader.ts';
import { cache, media, mysql } from './data.ts';
import { general, network, secrets, shared } from './general.ts';
import type { Key } from './key.ts';
import { budget, edge, observe } from './observe.ts';
import { autoscale, plan, sidecar, web } from './web.ts';

/** Every key, in the order of the reference page. */
export const KEYS: readonly Key<unknown>[] = [
  general,
  shared,
  secrets,
  network,
  plan,
  autoscale,
  web,
  sidecar,
  mysql,
  cache,
  media,
  edge,
  observe,
  budget,
].flatMap((area) => Object.values<Key<unknown>>(area));

export type Config = ReturnType<typeof readKeys>;

/** The identity of a pipeline: `preview` shows what an `up` of prod would do, the others carry it out. */
export interface Deployer {
  readonly kind: 'dev' | 'preview' | 'prod';
  readonly principalId: string;
}

function deployerOf(entry: string): Deployer {
  const [kind, principalId = ''] = entry.split(':');
  return { kind: kind === 'prod' || kind === 'preview' ? kind : 'dev', principalId };
}

/** Digest of the sidecar's image; undefined for a stage without sidecar. */
export function sidecarDigest({ sidecar: { digest } }: Config): string | undefined {
  return digest === 'none' ? undefined : digest;
}

/** Reads every key; problems are collected in the reader. */
export function readKeys(from: ConfigReader) {
  return {
    stage: from.stage,
    name: from.read(general.name),
    generation: from.read(general.generation),
    location: from.read(general.location),
    tags: from.read(general.tags),
    protectExcept: from.read(general.protectExcept),
    deployers: from.read(general.deployers).map(deployerOf),
    shared: {
      stack: from.read(shared.stack),
      releasesRetentionDays: from.read(shared.releasesRetentionDays),
    },
    secrets: { rotation: from.read(secrets.rotation) },
    network: { cidr: from.read(network.cidr), peers: from.read(network.peers), reach: from.read(network.reach) },
    plan: {
      sku: from.read(plan.sku),
      instances: from.read(plan.instances),
      zoneRedundant: from.read(plan.zoneRedundant),
    },
    autoscale: {
      enabled: from.read(autoscale.enabled),
      min: from.read(autoscale.min),
      max: from.read(autoscale.max),
      busyMin: from.read(autoscale.busyMin),
      busyHours: from.read(autoscale.busyHours),
      timeZone: from.read(autoscale.timeZone),
    },
    web: {
      phpVersion: from.read(web.phpVersion),
      fpmChildren: from.read(web.fpmChildren),
      imageRatePerMinute: from.read(web.imageRatePerMinute),
      trustedProxies: from.read(web.trustedProxies),
    },
    sidecar: {
      /** A digest, or `none`. */
      digest: from.read(sidecar.digest),
      repository: from.read(sidecar.repository),
    },
    mysql: {
      sku: from.read(mysql.sku),
      version: from.read(mysql.version),
      storageGb: from.read(mysql.storageGb),
      highAvailability: from.read(mysql.highAvailability),
      backupDays: from.read(mysql.backupDays),
      geoBackup: from.read(mysql.geoBackup),
      maintenance: from.read(mysql.maintenance),
      slowQuerySeconds: from.read(mysql.slowQuerySeconds),
    },
    cache: {
      kind: from.read(cache.kind),
      sku: from.read(cache.sku),
      classicSku: from.read(cache.classicSku),
      highAvailability: from.read(cache.highAvailability),
    },
    media: {
      replication: from.read(media.replication),
      mount: from.read(media.mount),
      shareGb: from.read(media.shareGb),
      shareSnapshotDays: from.read(media.shareSnapshotDays),
      softDeleteDays: from.read(media.softDeleteDays),
      coolAfterDays: from.read(media.coolAfterDays),
      waitMs: from.read(media.waitMs),
      retentionHours: from.read(media.retentionHours),
      drainTimeoutSeconds: from.read(media.drainTimeoutSeconds),
      scanMs: from.read(media.scanMs),
    },
    edge: {
      enabled: from.read(edge.enabled),
      sku: from.read(edge.sku),
      wafMode: from.read(edge.wafMode),
      rateLimitPerMinute: from.read(edge.rateLimitPerMinute),
      domain: from.read(edge.domain),
    },
    observe: {
      retentionDays: from.read(observe.retentionDays),
      dailyCapGb: from.read(observe.dailyCapGb),
      alerts: from.read(observe.alerts),
      alertEmails: from.read(observe.alertEmails),
      alertWebhooks: from.read(observe.alertWebhooks),
      runbooks: from.read(observe.runbooks),
      availabilityTests: from.read(observe.availabilityTests),
    },
    budget: { amount: from.read(budget.amount), startDate: from.read(budget.startDate) },
  };
}
