import { MYSQL_SKUS, maxConnections } from '../components/database/mysql-sizes.ts';
import { isPrivate, NARROWEST_PREFIX, overlaps, parseCidr, WIDEST_PREFIX } from '../components/network/cidr.ts';
import { fpmChildren, PLAN_SKUS } from '../components/plan/plan-sizes.ts';
import { type Config, sidecarDigest } from './config.ts';
import { mayHavePair, mayHaveZones } from './regions.ts';

/** Called with the key that has to change and what would be allowed. */
type Refuse = (key: string, allowed: string) => void;

/** Checks between several keys. */
export function crossCheck(config: Config, refuse: Refuse): void {
  if (config.stage === 'shared') return;
  checkPlan(config, refuse);
  checkAutoscale(config, refuse);
  checkMysql(config, refuse);
  checkNetwork(config, refuse);
  if (config.sidecar.digest === '') {
    refuse(
      'sidecar.digest',
      'a digest, which `slipway image --for prod` sets, or none: without it an `up` would delete the sidecars',
    );
  }
  if (config.media.replication.endsWith('ZRS') && !mayHaveZones(config.location)) {
    refuse('media.replication', `Standard_LRS or Standard_GRS: ${config.location} has no availability zones`);
  }
  if (config.edge.domain !== '' && !config.edge.enabled) {
    refuse('edge.domain', 'nothing without edge.enabled: the certificate is made by Front Door');
  }
}

/** https://learn.microsoft.com/azure/reliability/reliability-app-service: zones, two instances, Premium v2 or later. */
function checkPlan({ plan, location }: Config, refuse: Refuse): void {
  if (!plan.zoneRedundant) return;
  if (!PLAN_SKUS[plan.sku].zones) {
    refuse('plan.zoneRedundant', `false with plan.sku ${plan.sku}: zone redundancy needs Premium v3 or v4`);
  }
  if (plan.instances < 2) refuse('plan.instances', '2 or more with plan.zoneRedundant');
  if (!mayHaveZones(location)) refuse('plan.zoneRedundant', `false in ${location}, which has no availability zones`);
}

function checkAutoscale({ autoscale, plan }: Config, refuse: Refuse): void {
  if (!autoscale.enabled) return;
  const { min, busyMin, max } = autoscale;
  if (min > max) refuse('autoscale.min', `at most autoscale.max, which is ${max}`);
  if (busyMin < min || busyMin > max)
    refuse('autoscale.busyMin', `from autoscale.min to autoscale.max: ${min} to ${max}`);
  if (plan.instances < min || plan.instances > max) {
    refuse('plan.instances', `from autoscale.min to autoscale.max: ${min} to ${max}`);
  }
  if (plan.zoneRedundant && min < 2) refuse('autoscale.min', '2 or more with plan.zoneRedundant');
  const [from = '', until = ''] = autoscale.busyHours.split('-');
  if (from >= until) refuse('autoscale.busyHours', 'an end after its beginning, on the same day');
}

/** https://learn.microsoft.com/azure/mysql/flexible-server/concepts-high-availability and …/concepts-backup-restore */
function checkMysql({ mysql, location }: Config, refuse: Refuse): void {
  if (mysql.highAvailability !== 'Disabled' && MYSQL_SKUS[mysql.sku] === 'Burstable') {
    refuse('mysql.highAvailability', `Disabled with mysql.sku ${mysql.sku}: burstable servers have no standby`);
  }
  if (mysql.highAvailability === 'ZoneRedundant' && !mayHaveZones(location)) {
    refuse('mysql.highAvailability', `SameZone or Disabled in ${location}, which has no availability zones`);
  }
  if (mysql.geoBackup && !mayHavePair(location)) {
    refuse('mysql.geoBackup', `false in ${location}, which has no paired region`);
  }
}

function checkNetwork({ network }: Config, refuse: Refuse): void {
  const range = parseCidr(network.cidr);
  if (range === undefined) {
    refuse('network.cidr', 'an IPv4 range that begins at its own prefix, such as 10.40.0.0/22');
    return;
  }
  if (range.prefix < WIDEST_PREFIX || range.prefix > NARROWEST_PREFIX) {
    refuse('network.cidr', `a range from /${WIDEST_PREFIX} to /${NARROWEST_PREFIX}`);
  }
  if (!isPrivate(range)) refuse('network.cidr', 'inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16');
  for (const peer of network.peers) {
    const other = parseCidr(peer);
    if (other === undefined) refuse('network.peers', `ranges that begin at their own prefix; ${peer} does not`);
    else if (overlaps(range, other))
      refuse('network.cidr', `a range that does not overlap ${peer}, which is in network.peers`);
  }
}

/** The rest is for migrations, health checks, operators and Azure itself. */
const USABLE_CONNECTIONS = 0.9;

/** Connections when every php-fpm child of both slots has one, on as many workers as there may be. */
function connectionsOf({ web, plan, autoscale }: Config): number {
  const children = web.fpmChildren > 0 ? web.fpmChildren : fpmChildren(PLAN_SKUS[plan.sku]);
  return 2 * children * (autoscale.enabled ? autoscale.max : plan.instances);
}

/** Warnings about config that is valid but risky. */
export function warningsOf(config: Config): string[] {
  if (config.stage === 'shared') return [];
  const { cache, plan, edge, observe, budget } = config;
  const connections = connectionsOf(config);
  const warnings: readonly (readonly [boolean, string])[] = [
    // https://learn.microsoft.com/azure/azure-cache-for-redis/cache-whats-new
    [
      cache.kind === 'classic',
      'cache.kind is classic: new customers cannot create Azure Cache for Redis since 2026-04-01, and it retires on 2028-09-30',
    ],
    [
      config.stage === 'prod' && plan.instances < 2,
      'plan.instances is 1: an instance that fails its health check is never taken out, and a restart of it is an outage',
    ],
    [
      edge.enabled && edge.sku === 'Standard_AzureFrontDoor',
      'edge.sku is Standard_AzureFrontDoor: the WAF has no managed rules, only the rate limit',
    ],
    [
      observe.alerts && observe.alertEmails.length + observe.alertWebhooks.length === 0,
      'observe.alertEmails and observe.alertWebhooks are empty: alerts reach nobody',
    ],
    [
      connections > maxConnections(config.mysql.sku) * USABLE_CONNECTIONS,
      `web.fpmChildren on every worker may open ${connections} connections to MySQL, and mysql.sku ${config.mysql.sku} takes ${maxConnections(config.mysql.sku)}: choose a larger one, fewer children or fewer workers`,
    ],
    [budget.amount > 0 && budget.startDate === '', 'budget.startDate is not set: there is no budget'],
    [sidecarDigest(config) === undefined, 'sidecar.digest is none: no sidecar, and images stay on the disk of the app'],
  ];
  return warnings.filter(([applies]) => applies).map(([, text]) => text);
}
