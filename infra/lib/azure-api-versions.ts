/**
 * API versions of Azure that this repository names itself, by what they are asked for. Everything else uses the versions of
 * its library: @pulumi/azure-native for the program, @azure/arm-appservice for releases.
 */
export const AZURE_API = {
  /** https://learn.microsoft.com/rest/api/monitor/alertsmanagement/alerts */
  alerts: '2019-03-01',
  /** https://learn.microsoft.com/rest/api/appservice, for geo regions, quotas and names */
  appService: '2025-05-01',
  /** https://learn.microsoft.com/rest/api/authorization/permissions */
  authorization: '2022-04-01',
  /** https://learn.microsoft.com/rest/api/frontdoor/azurefrontdoorstandardpremium */
  frontDoor: '2024-09-01',
  /** https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults */
  keyVault: '2023-07-01',
  /**
   * https://learn.microsoft.com/rest/api/mysql. The first version that supports MySQL 8.4: with 2023-12-30 creation fails,
   * https://github.com/Azure/azure-rest-api-specs/issues/38382
   */
  mysql: '2024-12-30',
  /** https://learn.microsoft.com/rest/api/virtualnetwork/private-endpoints */
  network: '2024-05-01',
  /** https://learn.microsoft.com/rest/api/containerregistry/registries */
  registry: '2023-07-01',
  /** https://learn.microsoft.com/rest/api/containerregistry/runs */
  registryTasks: '2019-06-01-preview',
  /** https://learn.microsoft.com/rest/api/resourcehealth/availability-statuses */
  resourceHealth: '2025-05-01',
  /** https://learn.microsoft.com/rest/api/resources/providers */
  resources: '2021-04-01',
  /** https://learn.microsoft.com/rest/api/storagerp/storage-accounts */
  storage: '2023-05-01',
  /** https://learn.microsoft.com/rest/api/resources/subscriptions */
  subscriptions: '2022-12-01',
  /** https://learn.microsoft.com/rest/api/keyvault/secrets: the vault's own, not the resource manager's */
  vaultSecrets: '7.4',
  /** https://learn.microsoft.com/rest/api/loganalytics/workspaces */
  workspaces: '2023-09-01',
} as const;
