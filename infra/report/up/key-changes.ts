import type { Stage } from '../../program/config/key.ts';
import { ANY_DIGEST } from '../system-page.ts';

/** A change of one key of an existing stack, from its default or from what is given. */
export interface KeyChange {
  readonly to: string;
  /** Config that the stack has before and after. */
  readonly given?: Readonly<Record<string, string>>;
  /** Default: prod */
  readonly stage?: Stage;
}

const CLASSIC = { 'cache.kind': 'classic' };
const WITHOUT_STANDBY = { 'mysql.highAvailability': 'Disabled' };
const DEPLOYERS = { deployers: '["prod:6f0c2a51-6f0e-4d0c-9b53-2f3a54d3c0de"]' };
const SHARE = { 'media.shareGb': '100' };

/**
 * One entry for each key, with the changes that differ in what an `up` does. A text stands for a key of which no evaluation can
 * show it.
 */
export const KEY_CHANGES: Readonly<Record<string, string | readonly KeyChange[]>> = {
  stage: [{ to: 'dev' }],
  app: [{ to: '../shop' }],
  name: [{ to: 'shop' }],
  generation: [{ to: '2' }],
  location: [{ to: 'westeurope' }],
  tags: [{ to: '{"cost-centre":"4711"}' }],
  'protect.except': [{ to: '["mysql"]' }],
  deployers: [{ to: DEPLOYERS.deployers }, { to: '[]', given: DEPLOYERS }],
  'shared.stack':
    'replaces `app-pulls-images` when the other stack has another registry; the next release uses its registry and its releases',
  'releases.retentionDays': [{ to: '90', stage: 'shared' }],
  'secrets.rotation': [{ to: '2' }],
  'network.cidr': [{ to: '10.60.0.0/22' }],
  'network.peers': [{ to: '["10.0.0.0/16"]' }],
  'network.reach': 'nothing: it has one value',
  'plan.sku': [{ to: 'P2v3' }],
  'plan.instances': [{ to: '3' }],
  'plan.zoneRedundant': [{ to: 'false' }],
  'autoscale.enabled': [{ to: 'false' }],
  'autoscale.min': [{ to: '3', given: { 'plan.instances': '3' } }],
  'autoscale.max': [{ to: '10' }],
  'autoscale.busyMin': [{ to: '4' }],
  'autoscale.busyHours': [{ to: '08:00-18:00' }],
  'autoscale.timeZone': [{ to: 'UTC' }],
  'web.phpVersion': [{ to: '8.5' }],
  'web.fpmChildren': [{ to: '30' }],
  'web.imageRatePerMinute': [{ to: '120' }],
  'web.trustedProxies': [{ to: '["203.0.113.0/24"]' }],
  'sidecar.digest': [{ to: `sha256:${'1'.repeat(64)}`, given: { 'sidecar.digest': ANY_DIGEST } }, { to: 'none' }],
  'sidecar.repository': [{ to: 'shop/sidecar' }],
  'mysql.sku': [{ to: 'Standard_D4ads_v5' }],
  'mysql.version': 'nothing: it has one value',
  'mysql.storageGb': [{ to: '128' }, { to: '32' }],
  'mysql.highAvailability': [{ to: 'Disabled' }, { to: 'ZoneRedundant', given: WITHOUT_STANDBY }],
  'mysql.backupDays': [{ to: '14' }],
  'mysql.geoBackup': [{ to: 'false' }, { to: 'true', stage: 'dev' }],
  'mysql.maintenance': [{ to: 'Monday 03:00' }],
  'mysql.slowQuerySeconds': [{ to: '5' }],
  'cache.kind': [{ to: 'classic' }],
  'cache.sku': [{ to: 'Balanced_B3' }],
  'cache.classicSku': [{ to: 'Standard_C2', given: CLASSIC }],
  'cache.highAvailability': [{ to: 'false' }],
  'media.replication': [{ to: 'Standard_GZRS' }, { to: 'Standard_LRS' }],
  'media.mount': [{ to: 'false' }],
  'media.shareGb': [{ to: '100' }, { to: '0', given: SHARE }],
  'media.shareSnapshotDays': [
    { to: '60', given: SHARE },
    { to: '0', given: SHARE },
  ],
  'media.softDeleteDays': [{ to: '60' }],
  'media.coolAfterDays': [{ to: '30' }],
  'media.waitMs': [{ to: '3000' }],
  'media.retentionHours': [{ to: '48' }],
  'media.drainTimeoutSeconds': [{ to: '120' }],
  'media.scanMs': [{ to: '500' }],
  'edge.enabled': [{ to: 'false' }],
  'edge.sku': [{ to: 'Standard_AzureFrontDoor' }],
  'edge.wafMode': [{ to: 'Detection' }],
  'edge.rateLimitPerMinute': [{ to: '6000' }],
  'edge.domain': [{ to: 'www.example.org' }],
  'observe.retentionDays': [{ to: '180' }],
  'observe.dailyCapGb': [{ to: '5' }],
  'observe.alerts': [{ to: 'false' }],
  'observe.alertEmails': [{ to: '["on-call@example.org"]' }],
  'observe.alertWebhooks': [{ to: '["https://hooks.example.org/alerts"]' }],
  'observe.runbooks': [{ to: 'https://github.com/OWNER/REPO/blob/main/docs/runbooks' }],
  'observe.availabilityTests': [{ to: 'false' }],
  'budget.amount': [{ to: '900', given: { 'budget.startDate': '2026-12-01' } }],
  'budget.startDate': [{ to: '2026-12-01' }, { to: '2027-01-01', given: { 'budget.startDate': '2026-12-01' } }],
};
