import { BlobContainer } from '@pulumi/azure-native/storage/blobContainer.js';
import { BlobServiceProperties } from '@pulumi/azure-native/storage/blobServiceProperties.js';
import { listStorageAccountKeysOutput } from '@pulumi/azure-native/storage/listStorageAccountKeys.js';
import { ManagementPolicy } from '@pulumi/azure-native/storage/managementPolicy.js';
import { StorageAccount } from '@pulumi/azure-native/storage/storageAccount.js';
import { ComponentResource, type Output, type Resource, secret } from '@pulumi/pulumi';
import type { Context } from '../context.ts';
import { mediaLifecycle } from '../media-lifecycle.ts';
import type { Telling, Told } from './diagnostics.ts';
import { grant, type Identity } from './identity.ts';
import type { Network } from './network.ts';

export const MEDIA_CONTAINER = 'media';

/** Where the images live for good. The sidecar writes with its identity; the account key serves the mount alone. */
export class Media extends ComponentResource implements Telling {
  readonly accountId: Output<string>;
  readonly told: readonly Told[];
  readonly accountName: string;
  readonly containerName: Output<string>;
  readonly endpoint: Output<string>;
  /** What has to exist before the sidecar starts. */
  readonly writable: Resource[];
  readonly #context: Context;
  readonly #group: Output<string>;
  readonly #account: StorageAccount;

  constructor(
    context: Context,
    group: Output<string>,
    { identity, network }: { identity: Identity; network: Network },
  ) {
    super('slipway:program:Media', 'media');
    this.#context = context;
    this.#group = group;
    this.accountName = context.names.compact('st', 24);
    this.#account = this.#create();
    this.#lifecycle(this.#recovery(this.#account));
    const container = this.#container(this.#account);
    this.accountId = this.#account.id;
    this.told = [{ name: 'media', type: 'storage:StorageAccount', id: this.accountId }];
    this.containerName = container.name;
    this.endpoint = this.#account.primaryEndpoints.blob;
    const writer = grant(context, {
      name: 'app-writes-media',
      principalId: identity.principalId,
      role: 'storageBlobDataContributor',
      scope: container.id,
      parent: this,
    });
    const door = network.privateEndpoint('media', {
      serviceId: this.#account.id,
      groupId: 'blob',
      zoneName: 'privatelink.blob.core.windows.net',
    });
    this.writable = [container, writer, ...door];
    this.registerOutputs({ endpoint: this.endpoint });
  }

  /** For the mount, which knows no other way to authenticate. */
  accountKey(): Output<string> {
    const { keys } = listStorageAccountKeysOutput(
      { accountName: this.accountName, resourceGroupName: this.#group },
      { dependsOn: [this.#account] },
    );
    return secret(keys.apply(([first]) => first?.value ?? ''));
  }

  #create(): StorageAccount {
    const { config, location, tags, keeps, retains } = this.#context;
    return new StorageAccount(
      'media',
      {
        accountName: this.accountName,
        resourceGroupName: this.#group,
        location,
        tags,
        kind: 'StorageV2',
        sku: { name: config.media.replication },
        accessTier: 'Hot',
        minimumTlsVersion: 'TLS1_2',
        enableHttpsTrafficOnly: true,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        // Blob mounts know the account key only: https://learn.microsoft.com/azure/app-service/configure-connect-to-azure-storage
        allowSharedKeyAccess: config.media.mount,
        defaultToOAuthAuthentication: true,
        publicNetworkAccess: 'Disabled',
        networkRuleSet: { defaultAction: 'Deny', bypass: 'None' },
      },
      { parent: this, protect: keeps('media'), retainOnDelete: retains('media') },
    );
  }

  #recovery(account: StorageAccount): BlobServiceProperties {
    const days = this.#context.config.media.softDeleteDays;
    return new BlobServiceProperties(
      'media-recovery',
      {
        accountName: account.name,
        resourceGroupName: this.#group,
        blobServicesName: 'default',
        isVersioningEnabled: true,
        deleteRetentionPolicy: { enabled: true, days },
        containerDeleteRetentionPolicy: { enabled: true, days },
      },
      { parent: this },
    );
  }

  /** After the recovery settings: both are written to the same account. */
  #lifecycle(after: BlobServiceProperties): ManagementPolicy {
    return new ManagementPolicy(
      'media-lifecycle',
      {
        accountName: this.#account.name,
        resourceGroupName: this.#group,
        managementPolicyName: 'default',
        policy: { rules: mediaLifecycle(this.#context.config.media) },
      },
      { parent: this, dependsOn: [after] },
    );
  }

  #container(account: StorageAccount): BlobContainer {
    return new BlobContainer(
      'media-container',
      {
        accountName: account.name,
        resourceGroupName: this.#group,
        containerName: MEDIA_CONTAINER,
        publicAccess: 'None',
      },
      { parent: this, protect: this.#context.keeps('media') },
    );
  }
}
