/**
 * Azure regions, and which have availability zones and a paired region to copy backups to.
 * https://learn.microsoft.com/azure/reliability/regions-list (August 2026). A region that is not listed is accepted,
 * because new ones appear faster than this file changes.
 */
interface Region {
  readonly zones: boolean;
  readonly paired: boolean;
}

const ZONES_AND_PAIR: Region = { zones: true, paired: true };
const ZONES_ONLY: Region = { zones: true, paired: false };
const PAIR_ONLY: Region = { zones: false, paired: true };

const REGIONS: Readonly<Record<string, Region>> = {
  australiaeast: ZONES_AND_PAIR,
  australiacentral: PAIR_ONLY,
  australiasoutheast: PAIR_ONLY,
  austriaeast: ZONES_ONLY,
  brazilsouth: ZONES_AND_PAIR,
  canadacentral: ZONES_AND_PAIR,
  canadaeast: PAIR_ONLY,
  centralindia: ZONES_AND_PAIR,
  centralus: ZONES_AND_PAIR,
  eastasia: ZONES_AND_PAIR,
  eastus: ZONES_AND_PAIR,
  eastus2: ZONES_AND_PAIR,
  francecentral: ZONES_AND_PAIR,
  germanywestcentral: ZONES_AND_PAIR,
  israelcentral: ZONES_ONLY,
  italynorth: ZONES_ONLY,
  japaneast: ZONES_AND_PAIR,
  japanwest: ZONES_AND_PAIR,
  koreacentral: ZONES_AND_PAIR,
  koreasouth: PAIR_ONLY,
  mexicocentral: ZONES_ONLY,
  newzealandnorth: ZONES_ONLY,
  northcentralus: PAIR_ONLY,
  northeurope: ZONES_AND_PAIR,
  norwayeast: ZONES_AND_PAIR,
  polandcentral: ZONES_ONLY,
  qatarcentral: ZONES_ONLY,
  southafricanorth: ZONES_AND_PAIR,
  southcentralus: ZONES_AND_PAIR,
  southeastasia: ZONES_AND_PAIR,
  southindia: PAIR_ONLY,
  spaincentral: ZONES_ONLY,
  swedencentral: ZONES_AND_PAIR,
  switzerlandnorth: ZONES_AND_PAIR,
  uaenorth: ZONES_AND_PAIR,
  uksouth: ZONES_AND_PAIR,
  ukwest: PAIR_ONLY,
  westcentralus: PAIR_ONLY,
  westeurope: ZONES_AND_PAIR,
  westus: PAIR_ONLY,
  westus2: ZONES_AND_PAIR,
  westus3: ZONES_AND_PAIR,
};

/** False only for a region that is known to have none. */
export function mayHaveZones(location: string): boolean {
  return REGIONS[location]?.zones ?? true;
}

/** False only for a region that is known to have none. */
export function mayHavePair(location: string): boolean {
  return REGIONS[location]?.paired ?? true;
}
