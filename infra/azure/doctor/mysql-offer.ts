import { ofKind, textAt } from '../../evaluate/inputs.ts';
import type { RecordedResource } from '../../evaluate/recorded.ts';
import { listOf, textOf } from '../../lib/json.ts';
import { type Check, type Finding, fine, problem, unknown } from './check.ts';

const NAME = 'MySQL';
/** https://learn.microsoft.com/rest/api/mysql/flexibleserver/location-based-capability-set/get */
const API = '2023-12-30';

/** Sizes, versions, high availability and backups differ between regions and subscriptions. */
export const mysqlOffer: Check = {
  name: NAME,
  run: async ({ arm, evaluation, subscriptionId, location }) => {
    const servers = ofKind(evaluation, 'dbformysql:Server');
    if (servers.length === 0) return [];
    const path = `/subscriptions/${subscriptionId}/providers/Microsoft.DBforMySQL/locations/${location}/capabilitySets/default`;
    const answer = await arm.get(path, API);
    if (answer.status !== 200) return [unknown(NAME, `what MySQL it sells in ${location}`, answer)];
    return servers.flatMap((server) => compare(server, answer.body, location));
  },
};

function compare(server: RecordedResource, offer: unknown, location: string): Finding[] {
  const size = textAt(server, 'sku.name');
  const version = textAt(server, 'version');
  const mode = textAt(server, 'highAvailability.mode');
  const skus = listOf(offer, 'properties', 'supportedFlexibleServerEditions').flatMap((edition) =>
    listOf(edition, 'supportedSkus'),
  );
  const sku = skus.find((each) => textOf(each, 'name').toLowerCase() === size.toLowerCase());
  const versions = listOf(offer, 'properties', 'supportedServerVersions').map((each) => textOf(each, 'name'));
  const modes = listOf(sku, 'supportedHAMode').map(String);
  const pairs = listOf(offer, 'properties', 'supportedGeoBackupRegions');
  const findings = [
    sku === undefined
      ? problem(NAME, `${size} is not sold in ${location}`, 'another slipway:mysql.sku or slipway:location')
      : undefined,
    versions.includes(version)
      ? undefined
      : problem(
          NAME,
          `version ${version} is not offered in ${location}, only ${versions.join(', ')}`,
          'another slipway:location',
        ),
    sku === undefined || mode === 'Disabled' || modes.includes(mode)
      ? undefined
      : problem(
          NAME,
          `${size} has no ${mode} high availability in ${location}`,
          `slipway:mysql.highAvailability: ${[...modes, 'Disabled'].join(' or ')}`,
        ),
    textAt(server, 'backup.geoRedundantBackup') !== 'Enabled' || pairs.length > 0
      ? undefined
      : problem(NAME, `${location} has no geo-redundant backup`, 'pulumi config set slipway:mysql.geoBackup false'),
  ].filter((finding) => finding !== undefined);
  return findings.length > 0
    ? findings
    : [fine(NAME, `${size}, version ${version}, ${mode} high availability: sold in ${location}`)];
}
