import { ofKind, textAt } from '../../evaluate/inputs.ts';
import type { RecordedResource } from '../../evaluate/recorded.ts';
import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { listOf, textOf } from '../../lib/json.ts';
import { type Check, type Finding, fine, problem, unknown } from './check.ts';

const NAME = 'MySQL';

/** Sizes, versions, high availability and backups differ between regions and subscriptions. */
export const mysqlOffer: Check = {
  name: NAME,
  run: async ({ arm, evaluation, subscriptionId, location }) => {
    const servers = ofKind(evaluation, 'dbformysql:Server');
    if (servers.length === 0) return [];
    const path = `/subscriptions/${subscriptionId}/providers/Microsoft.DBforMySQL/locations/${location}/capabilitySets/default`;
    const answer = await arm.get(path, AZURE_API.mysql);
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
  const wrong = [
    sku === undefined
      ? problem(NAME, `${size} is not sold in ${location}`, 'another slipway:mysql.sku or slipway:location')
      : undefined,
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
  const sold = fine(NAME, `${size}, ${mode} high availability: sold in ${location}`);
  return [...(wrong.length > 0 ? wrong : [sold]), versionOffer(version, versions, location)];
}

/** Lists of versions lag behind what can be created, so a missing version is no reason to choose another region. */
function versionOffer(version: string, offered: readonly string[], location: string): Finding {
  if (offered.includes(version)) return fine(NAME, `version ${version} is offered in ${location}`);
  return {
    check: NAME,
    verdict: 'unknown',
    found: `${location} lists no version ${version}, only ${offered.join(', ') || 'none'}; the list is not always complete`,
    fix: 'the first `pulumi up` shows it',
  };
}
