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
