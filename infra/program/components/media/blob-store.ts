import { BlobContainer } from '@pulumi/azure-native/storage/blobContainer.js';
import { BlobServiceProperties } from '@pulumi/azure-native/storage/blobServiceProperties.js';
import { StorageAccount, type StorageAccountArgs } from '@pulumi/azure-native/storage/storageAccount.js';
import type { Output, Resource } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';

export interface BlobStoreInput {
  /** Logical name, protected kind, and the container's name in Azure. */
  readonly name: 'media' | 'releases';
  readonly group: Output<string>;
  readonly parent: Resource;
  readonly sku: string;
  /** Days during which a deleted or overwritten blob can be restored. */
  readonly recoveryDays: number;
  /** Network access and ways to authenticate. */
  readonly access: Pick<StorageAccountArgs, 'allowSharedKeyAccess' | 'publicNetworkAccess' | 'networkRuleSet'>;
}

export interface BlobStore {
  readonly accountName: string;
  readonly account: StorageAccount;
  readonly recovery: BlobServiceProperties;
  readonly container: BlobContainer;
}

/** A storage account with one container, versioned, soft-deleted and protected. */
export function blobStore(context: Context, input: BlobStoreInput): BlobStore {
  const { name, group: resourceGroupName, parent, sku, recoveryDays: days, access } = input;
  const { names, location, tags, isProtected, isRetained } = context;
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
    { parent, protect: isProtected(name), retainOnDelete: isRetained(name) },
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
    { parent, protect: isProtected(name) },
  );
  return { accountName, account, recovery, container };
}
