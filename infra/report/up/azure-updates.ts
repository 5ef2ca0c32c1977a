import { inputAt, kindOf } from '../../evaluate/inputs.ts';
import type { RecordedResource } from '../../evaluate/recorded.ts';
import type { Json } from '../../evaluate/values.ts';

/** What azure-native and Azure do when an input of an existing resource changes. Every entry names its source. */

/**
 * Inputs for which the provider replaces a resource, besides names and places: azure-native's forceNewMap
 * (https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/gen/replacement.go), and for passwords
 * https://www.pulumi.com/registry/packages/random/api-docs/randompassword
 */
const REPLACING: Readonly<Record<string, readonly string[]>> = {
  'authorization:RoleAssignment': ['principalId', 'scope'],
  'network:PrivateEndpoint': ['subnet'],
  'random:index/randomPassword:RandomPassword': ['keepers', 'length', 'special'],
  'web:WebApp': ['kind'],
};
/** Parameters of a resource's path and its location, which the specifications mark as given at creation. */
const REPLACING_EVERYWHERE =
  /^(location|resourceGroupName|name|slot|scope|((account|cluster|configuration|container|database|policy|privateEndpoint|privateZone|profile|registry|secret|server|share|subnet|vault|virtualNetwork|workspace)Name))$/;

/** Whether Pulumi replaces the resource when this input changes. */
export function isReplacing(resource: RecordedResource, path: string): boolean {
  return (
    REPLACING_EVERYWHERE.test(path) ||
    (REPLACING[kindOf(resource)] ?? []).some((fixed) => path === fixed || path.startsWith(`${fixed}.`))
  );
}

/** A change that Pulumi sends and Azure refuses. */
interface AzureRefusal {
  readonly kind: string;
  readonly path: string;
  /** Default: every change */
  readonly refuses?: (before: Json | undefined, after: Json | undefined, present: RecordedResource) => boolean;
  readonly because: string;
  readonly source: string;
}

const copiedOverZones = (sku: Json | undefined): boolean => /Z/.test(String(sku).replace('Standard_', ''));

const AZURE_REFUSALS: readonly AzureRefusal[] = [
  {
    kind: 'dbformysql:Server',
    path: 'highAvailability.mode',
    refuses: (_, after) => after === 'ZoneRedundant',
    because: 'a standby in another zone is chosen when the server is made',
    source: 'https://learn.microsoft.com/azure/mysql/flexible-server/concepts-high-availability',
  },
  {
    kind: 'dbformysql:Server',
    path: 'backup.geoRedundantBackup',
    refuses: (_, after, server) => after === 'Disabled' || inputAt(server, 'highAvailability.mode') === 'ZoneRedundant',
    because: 'of a server with a standby in another zone it is chosen when the server is made',
    source: 'https://learn.microsoft.com/azure/mysql/flexible-server/concepts-backup-restore',
  },
  {
    kind: 'redisenterprise:RedisEnterprise',
    path: 'highAvailability',
    refuses: (_, after) => after === 'Disabled',
    because: 'high availability cannot be turned off again',
    source: 'https://learn.microsoft.com/azure/redis/architecture',
  },
  {
    kind: 'storage:StorageAccount',
    path: 'sku.name',
    refuses: (before, after) => copiedOverZones(before) !== copiedOverZones(after),
    because: 'zones are added and removed by a conversion, `az storage account migration start`',
    source: 'https://learn.microsoft.com/azure/storage/common/redundancy-migration',
  },
  {
    kind: 'cdn:Profile',
    path: 'sku.name',
    refuses: (_, after) => after === 'Standard_AzureFrontDoor',
    because: 'Premium does not go back to Standard',
    source: 'https://learn.microsoft.com/azure/frontdoor/tier-upgrade',
  },
  {
    kind: 'network:Subnet',
    path: 'addressPrefix',
    because: 'something lives in the subnet',
    source: 'https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet',
  },
  {
    kind: 'consumption:Budget',
    path: 'timePeriod.startDate',
    because: 'the first month of a budget stays',
    source: 'https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update',
  },
];

/** Why Azure refuses the change; undefined when it takes it. */
export function refusalOf(before: RecordedResource, after: RecordedResource, path: string): string | undefined {
  return AZURE_REFUSALS.find(
    (refusal) =>
      refusal.kind === kindOf(after) &&
      refusal.path === path &&
      (refusal.refuses?.(inputAt(before, path), inputAt(after, path), before) ?? true),
  )?.because;
}

export type Site = 'production' | 'staging';

/** A change that restarts the container of a site. */
interface Restart {
  readonly kind: string;
  /** `created` and `deleted`, or inputs that are written. */
  readonly by: RegExp;
  readonly restarts: readonly Site[];
  readonly source: string;
}

/** "Most of the configuration changes trigger some sort of restart", those of networking among them. */
const RESTARTS_SOURCE = 'https://azure.github.io/AppService/2021/09/16/App-Service-Restarts.html';
const SETTINGS_SOURCE = 'https://learn.microsoft.com/azure/app-service/configure-common';
const WRITTEN_OR_NOT = /./;
/** Tags and place are the resource manager's, which the site never sees. */
const OF_THE_SITE = /^(?!tags\b|location$)/;

const RESTARTS: readonly Restart[] = [
  // "Scaling up operations will trigger a full restart of the application as it will be fully moved to new instances."
  {
    kind: 'web:AppServicePlan',
    by: /^sku\.(name|tier)$/,
    restarts: ['production', 'staging'],
    source: RESTARTS_SOURCE,
  },
  { kind: 'web:WebApp', by: OF_THE_SITE, restarts: ['production'], source: RESTARTS_SOURCE },
  { kind: 'web:WebAppSlot', by: OF_THE_SITE, restarts: ['staging'], source: RESTARTS_SOURCE },
  ...(
    ['ApplicationSettings', 'AzureStorageAccounts', 'SiteContainer', 'SwiftVirtualNetworkConnection'] as const
  ).flatMap((part): Restart[] => [
    { kind: `web:WebApp${part}`, by: WRITTEN_OR_NOT, restarts: ['production'], source: SETTINGS_SOURCE },
    { kind: `web:WebApp${part}Slot`, by: WRITTEN_OR_NOT, restarts: ['staging'], source: SETTINGS_SOURCE },
  ]),
];

/** The sites that a change restarts: `change` is `created`, `deleted` or the path of an input. */
export function restartsOf(kind: string, change: string): readonly Site[] {
  return RESTARTS.filter((restart) => restart.kind === kind && restart.by.test(change)).flatMap(
    ({ restarts }) => restarts,
  );
}
