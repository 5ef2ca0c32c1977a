import { BlobContainer } from '@pulumi/azure-native/storage/blobContainer.js';
import { BlobServiceProperties } from '@pulumi/azure-native/storage/blobServiceProperties.js';
import { StorageAccount, type StorageAccountArgs } from '@pulumi/azure-native/storage/storageAccount.js';
import type { Output, Resource } from '@pulumi/pulumi';
import type { Context } from '../../context.ts';

export interface BlobStoreInput {
  /** Logical name, the word that protects it, and the container's name in Azure. */
  readonly name: 'media' | 'releases';
  readonly group: Output<string>;
  readonly parent: Resource;
  readonly sku: string;
  /** How long what was deleted or overwritten can be brought back. */
  readonly recoveryDays: number;
  /** Who may ask, and with what. */
  readonly access: Pick<StorageAccountArgs, 'allowSharedKeyAccess' | 'publicNetworkAccess' | 'networkRuleSet'>;
}

export interface BlobStore {
  readonly accountName: string;
  readonly account: StorageAccount;
  readonly recovery: BlobServiceProperties;
  readonly container: BlobContainer;
}

/** A storage account with one container of data that must not be lost: versions, soft delete, protection. */
export function blobStore(context: Context, input: BlobStoreInput): BlobStore {
  const { name, group: resourceGroupName, parent, sku, recoveryDays: days, access } = input;
  const { names, location, tags, keeps, retains } = context;
  const accountName = names.compact('st', 24);
  const account = new StorageAccount(
    name,
    {
      accountName,
      resourceGroupName,
      location,
      tags,
      kind: 'StorageV2',
      sku: { name: sku },
      accessTier: 'Hot',
      minimumTlsVersion: 'TLS1_2',
      enableHttpsTrafficOnly: true,
      allowBlobPublicAccess: false,
      allowCrossTenantReplication: false,
      defaultToOAuthAuthentication: true,
      ...access,
    },
    { parent, protect: keeps(name), retainOnDelete: retains(name) },
  );
  const of = { accountName: account.name, resourceGroupName };
  const recovery = new BlobServiceProperties(
    `${name}-recovery`,
    {
      ...of,
      blobServicesName: 'default',
      isVersioningEnabled: true,
      deleteRetentionPolicy: { enabled: true, days },
      containerDeleteRetentionPolicy: { enabled: true, days },
    },
    { parent },
  );
  const container = new BlobContainer(
    `${name}-container`,
    { ...of, containerName: name, publicAccess: 'None' },
    { parent, protect: keeps(name) },
  );
  return { accountName, account, recovery, container };
}
