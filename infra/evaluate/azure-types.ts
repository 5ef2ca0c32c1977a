/** A type that the program uses: the form of its id, and properties that exist only after creation. */
export interface AzureType {
  /** Relative to the resource group, or absolute when it begins with `{` or `/`. `{…}` is an input of the resource. */
  readonly id: string;
  /** Property paths that exist only after creation; they become placeholders. */
  readonly created?: readonly string[];
  /** Likewise, but GUIDs, because other resources validate them. */
  readonly guids?: readonly string[];
}

/** Types not listed here get an id made from their name and have no outputs beyond their inputs. */
export const AZURE_TYPES: Readonly<Record<string, AzureType>> = {
  'alertsmanagement:AlertProcessingRuleByName': {
    id: 'Microsoft.AlertsManagement/actionRules/{alertProcessingRuleName}',
  },
  'applicationinsights:Component': {
    id: 'Microsoft.Insights/components/{resourceName}',
    created: ['connectionString', 'instrumentationKey'],
    guids: ['appId'],
  },
  'applicationinsights:WebTest': { id: 'Microsoft.Insights/webtests/{webTestName}' },
  'applicationinsights:Workbook': { id: 'Microsoft.Insights/workbooks/{resourceName}' },
  'authorization:ManagementLockByScope': { id: '{scope}/providers/Microsoft.Authorization/locks/{lockName}' },
  'authorization:RoleAssignment': {
    id: '{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}',
  },
  'cdn:AFDCustomDomain': {
    id: 'Microsoft.Cdn/profiles/{profileName}/customDomains/{customDomainName}',
    created: ['validationProperties.validationToken'],
  },
  'cdn:AFDEndpoint': { id: 'Microsoft.Cdn/profiles/{profileName}/afdEndpoints/{endpointName}', created: ['hostName'] },
  'cdn:AFDOrigin': { id: 'Microsoft.Cdn/profiles/{profileName}/originGroups/{originGroupName}/origins/{originName}' },
  'cdn:AFDOriginGroup': { id: 'Microsoft.Cdn/profiles/{profileName}/originGroups/{originGroupName}' },
  'cdn:Profile': { id: 'Microsoft.Cdn/profiles/{profileName}', guids: ['frontDoorId'] },
  'cdn:Route': { id: 'Microsoft.Cdn/profiles/{profileName}/afdEndpoints/{endpointName}/routes/{routeName}' },
  'cdn:SecurityPolicy': { id: 'Microsoft.Cdn/profiles/{profileName}/securityPolicies/{securityPolicyName}' },
  'consumption:Budget': { id: '{scope}/providers/Microsoft.Consumption/budgets/{budgetName}' },
  'containerregistry:Registry': {
    id: 'Microsoft.ContainerRegistry/registries/{registryName}',
    created: ['loginServer'],
  },
  'dbformysql:Configuration': {
    id: 'Microsoft.DBforMySQL/flexibleServers/{serverName}/configurations/{configurationName}',
  },
  'dbformysql:Database': { id: 'Microsoft.DBforMySQL/flexibleServers/{serverName}/databases/{databaseName}' },
  'dbformysql:Server': {
    id: 'Microsoft.DBforMySQL/flexibleServers/{serverName}',
    created: ['fullyQualifiedDomainName', 'databasePort'],
  },
  'frontdoor:Policy': { id: 'Microsoft.Network/frontDoorWebApplicationFirewallPolicies/{policyName}' },
  'keyvault:Secret': { id: 'Microsoft.KeyVault/vaults/{vaultName}/secrets/{secretName}' },
  'keyvault:Vault': { id: 'Microsoft.KeyVault/vaults/{vaultName}', created: ['properties.vaultUri'] },
  'managedidentity:UserAssignedIdentity': {
    id: 'Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}',
    guids: ['clientId', 'principalId', 'tenantId'],
  },
  'monitor:ActionGroup': { id: 'Microsoft.Insights/actionGroups/{actionGroupName}' },
  'monitor:AutoscaleSetting': { id: 'Microsoft.Insights/autoscaleSettings/{autoscaleSettingName}' },
  'monitor:DiagnosticSetting': { id: '{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}' },
  'monitor:MetricAlert': { id: 'Microsoft.Insights/metricAlerts/{ruleName}' },
  'monitor:ScheduledQueryRule': { id: 'Microsoft.Insights/scheduledQueryRules/{ruleName}' },
  'network:NetworkSecurityGroup': { id: 'Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}' },
  'network:PrivateDnsZoneGroup': {
    id: 'Microsoft.Network/privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}',
  },
  'network:PrivateEndpoint': { id: 'Microsoft.Network/privateEndpoints/{privateEndpointName}' },
  'network:Subnet': { id: 'Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}' },
  'network:VirtualNetwork': { id: 'Microsoft.Network/virtualNetworks/{virtualNetworkName}' },
  'operationalinsights:Workspace': {
    id: 'Microsoft.OperationalInsights/workspaces/{workspaceName}',
    guids: ['customerId'],
  },
  'privatedns:PrivateZone': { id: 'Microsoft.Network/privateDnsZones/{privateZoneName}' },
  'privatedns:VirtualNetworkLink': {
    id: 'Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}',
  },
  'recoveryservices:ProtectedItem': {
    id: 'Microsoft.RecoveryServices/vaults/{vaultName}/backupFabrics/{fabricName}/protectionContainers/{containerName}/protectedItems/{protectedItemName}',
  },
  'recoveryservices:ProtectionContainer': {
    id: 'Microsoft.RecoveryServices/vaults/{vaultName}/backupFabrics/{fabricName}/protectionContainers/{containerName}',
  },
  'recoveryservices:ProtectionPolicy': {
    id: 'Microsoft.RecoveryServices/vaults/{vaultName}/backupPolicies/{policyName}',
  },
  'recoveryservices:Vault': { id: 'Microsoft.RecoveryServices/vaults/{vaultName}' },
  'redis:Redis': { id: 'Microsoft.Cache/redis/{name}', created: ['hostName', 'sslPort'] },
  'redisenterprise:Database': {
    id: 'Microsoft.Cache/redisEnterprise/{clusterName}/databases/{databaseName}',
    created: ['port'],
  },
  'redisenterprise:RedisEnterprise': { id: 'Microsoft.Cache/redisEnterprise/{clusterName}', created: ['hostName'] },
  'resources:ResourceGroup': { id: '/subscriptions/{subscription}/resourceGroups/{resourceGroupName}' },
  'storage:BlobContainer': {
    id: 'Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}',
  },
  'storage:BlobServiceProperties': { id: 'Microsoft.Storage/storageAccounts/{accountName}/blobServices/default' },
  'storage:FileServiceProperties': { id: 'Microsoft.Storage/storageAccounts/{accountName}/fileServices/default' },
  'storage:FileShare': {
    id: 'Microsoft.Storage/storageAccounts/{accountName}/fileServices/default/shares/{shareName}',
  },
  'storage:ManagementPolicy': { id: 'Microsoft.Storage/storageAccounts/{accountName}/managementPolicies/default' },
  'storage:StorageAccount': {
    id: 'Microsoft.Storage/storageAccounts/{accountName}',
    created: ['primaryEndpoints.blob'],
  },
  'web:AppServicePlan': { id: 'Microsoft.Web/serverfarms/{name}' },
  'web:WebApp': { id: 'Microsoft.Web/sites/{name}', created: ['defaultHostName', 'customDomainVerificationId'] },
  'web:WebAppApplicationSettings': { id: 'Microsoft.Web/sites/{name}/config/appsettings' },
  'web:WebAppApplicationSettingsSlot': { id: 'Microsoft.Web/sites/{name}/slots/{slot}/config/appsettings' },
  'web:WebAppAzureStorageAccounts': { id: 'Microsoft.Web/sites/{name}/config/azurestorageaccounts' },
  'web:WebAppAzureStorageAccountsSlot': { id: 'Microsoft.Web/sites/{name}/slots/{slot}/config/azurestorageaccounts' },
  'web:WebAppFtpAllowed': { id: 'Microsoft.Web/sites/{name}/basicPublishingCredentialsPolicies/ftp' },
  'web:WebAppFtpAllowedSlot': { id: 'Microsoft.Web/sites/{name}/slots/{slot}/basicPublishingCredentialsPolicies/ftp' },
  'web:WebAppScmAllowed': { id: 'Microsoft.Web/sites/{name}/basicPublishingCredentialsPolicies/scm' },
  'web:WebAppScmAllowedSlot': { id: 'Microsoft.Web/sites/{name}/slots/{slot}/basicPublishingCredentialsPolicies/scm' },
  'web:WebAppSiteContainer': { id: 'Microsoft.Web/sites/{name}/sitecontainers/{containerName}' },
  'web:WebAppSiteContainerSlot': { id: 'Microsoft.Web/sites/{name}/slots/{slot}/sitecontainers/{containerName}' },
  'web:WebAppSlot': { id: 'Microsoft.Web/sites/{name}/slots/{slot}', created: ['defaultHostName'] },
  'web:WebAppSwiftVirtualNetworkConnection': { id: 'Microsoft.Web/sites/{name}/networkConfig/virtualNetwork' },
  'web:WebAppSwiftVirtualNetworkConnectionSlot': {
    id: 'Microsoft.Web/sites/{name}/slots/{slot}/networkConfig/virtualNetwork',
  },
  'web:WebAppSlotConfigurationNames': { id: 'Microsoft.Web/sites/{name}/config/slotConfigNames' },
};

/**
 * `web:WebApp` for `azure-native:web:WebApp` and for the same type by another API version, which is one of the package
 * `azure-native_web_v20241101`. Undefined for anything that is not Azure's.
 */
export function azureTypeName(type: string): string | undefined {
  return /^azure-native(?:_\w+)?:(.+)$/.exec(type)?.[1];
}
