import { Registry } from '@pulumi/azure-native/containerregistry/registry.js';
import { BlobContainer } from '@pulumi/azure-native/storage/blobContainer.js';
import { BlobServiceProperties } from '@pulumi/azure-native/storage/blobServiceProperties.js';
import { StorageAccount } from '@pulumi/azure-native/storage/storageAccount.js';
import { ComponentResource, type Output } from '@pulumi/pulumi';
import type { Context } from '../context.ts';
import type { Telling, Told } from './diagnostics.ts';
import { grant } from './identity.ts';

const RELEASES_CONTAINER = 'releases';

/** The registry of the sidecar's image. Stages are promoted with one and the same digest. */
export class ImageRegistry extends ComponentResource implements Telling {
  readonly id: Output<string>;
  readonly told: readonly Told[];
  readonly name: Output<string>;
  readonly loginServer: Output<string>;

  constructor(context: Context, group: Output<string>) {
    super('slipway:program:ImageRegistry', 'image-registry');
    const registry = this.#registry(context, group);
    this.id = registry.id;
    this.told = [{ name: 'registry', type: 'containerregistry:Registry', id: this.id }];
    this.name = registry.name;
    this.loginServer = registry.loginServer;
    this.#deployerPushes(context);
    this.registerOutputs({ loginServer: this.loginServer });
  }

  #deployerPushes(context: Context): void {
    const principalId = context.config.deployerPrincipalId;
    if (principalId === '') return;
    grant(context, { name: 'deployer-pushes-images', principalId, role: 'acrPush', scope: this.id, parent: this });
  }

  #registry({ names, location, tags, keeps }: Context, resourceGroupName: Output<string>): Registry {
    return new Registry(
      'registry',
      {
        registryName: names.compact('acr', 50),
        resourceGroupName,
        location,
        tags,
        sku: { name: 'Standard' },
        adminUserEnabled: false,
        anonymousPullEnabled: false,
        publicNetworkAccess: 'Enabled',
      },
      { parent: this, protect: keeps('registry') },
    );
  }
}

/** Packages, history and lock of all releases. */
export class Releases extends ComponentResource implements Telling {
  readonly accountId: Output<string>;
  readonly told: readonly Told[];
  readonly accountName: Output<string>;
  readonly containerName: Output<string>;
  readonly endpoint: Output<string>;
  readonly #context: Context;
  readonly #group: Output<string>;

  constructor(context: Context, group: Output<string>) {
    super('slipway:program:Releases', 'releases');
    this.#context = context;
    this.#group = group;
    const account = this.#account();
    this.#recovery(account);
    const container = this.#container(account);
    this.accountId = account.id;
    this.told = [{ name: 'releases', type: 'storage:StorageAccount', id: this.accountId }];
    this.accountName = account.name;
    this.containerName = container.name;
    this.endpoint = account.primaryEndpoints.blob;
    this.#deployerWrites(container);
    this.registerOutputs({ endpoint: this.endpoint });
  }

  #account(): StorageAccount {
    const { names, location, tags, keeps, retains } = this.#context;
    return new StorageAccount(
      'releases',
      {
        accountName: names.compact('st', 24),
        resourceGroupName: this.#group,
        location,
        tags,
        kind: 'StorageV2',
        sku: { name: 'Standard_LRS' },
        accessTier: 'Hot',
        minimumTlsVersion: 'TLS1_2',
        enableHttpsTrafficOnly: true,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        allowSharedKeyAccess: false,
        defaultToOAuthAuthentication: true,
        // Entra-only, but reachable: a hosted pipeline writes here.
        publicNetworkAccess: 'Enabled',
      },
      { parent: this, protect: keeps('releases'), retainOnDelete: retains('releases') },
    );
  }

  #recovery(account: StorageAccount): BlobServiceProperties {
    const days = this.#context.config.shared.releasesRetentionDays;
    return new BlobServiceProperties(
      'releases-recovery',
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

  #container(account: StorageAccount): BlobContainer {
    return new BlobContainer(
      'releases-container',
      {
        accountName: account.name,
        resourceGroupName: this.#group,
        containerName: RELEASES_CONTAINER,
        publicAccess: 'None',
      },
      { parent: this, protect: this.#context.keeps('releases') },
    );
  }

  #deployerWrites({ id: scope }: BlobContainer): void {
    const principalId = this.#context.config.deployerPrincipalId;
    if (principalId === '') return;
    const role = 'storageBlobDataContributor';
    grant(this.#context, { name: 'deployer-writes-releases', principalId, role, scope, parent: this });
  }
}
