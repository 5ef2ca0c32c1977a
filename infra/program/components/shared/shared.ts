import { Registry } from '@pulumi/azure-native/containerregistry/registry.js';
import type { BlobContainer } from '@pulumi/azure-native/storage/blobContainer.js';
import { ComponentResource, type Output } from '@pulumi/pulumi';
import type { Context } from '../../context.ts';
import type { Telling, Told } from '../diagnostics/diagnostics.ts';
import { grant } from '../identity/identity.ts';
import { blobStore } from '../media/blob-store.ts';

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

  constructor(context: Context, group: Output<string>) {
    super('slipway:program:Releases', 'releases');
    const { account, container } = blobStore(context, {
      name: 'releases',
      group,
      parent: this,
      sku: 'Standard_LRS',
      recoveryDays: context.config.shared.releasesRetentionDays,
      // Entra-only, but reachable: a hosted pipeline writes here.
      access: { allowSharedKeyAccess: false, publicNetworkAccess: 'Enabled' },
    });
    this.accountId = account.id;
    this.told = [{ name: 'releases', type: 'storage:StorageAccount', id: this.accountId }];
    this.accountName = account.name;
    this.containerName = container.name;
    this.endpoint = account.primaryEndpoints.blob;
    this.#deployerWrites(context, container);
    this.registerOutputs({ endpoint: this.endpoint });
  }

  #deployerWrites(context: Context, { id: scope }: BlobContainer): void {
    const principalId = context.config.deployerPrincipalId;
    if (principalId === '') return;
    const role = 'storageBlobDataContributor';
    grant(context, { name: 'deployer-writes-releases', principalId, role, scope, parent: this });
  }
}
