import { Registry } from '@pulumi/azure-native/containerregistry/registry.js';
import type { BlobContainer } from '@pulumi/azure-native/storage/blobContainer.js';
import { ComponentResource, type Output } from '@pulumi/pulumi';
import type { Context } from '../../context.ts';
import type { DiagnosticSource, DiagnosticTarget } from '../diagnostics/diagnostics.ts';
import { assignRole } from '../identity/identity.ts';
import { blobStore } from '../media/blob-store.ts';

/** The registry of the sidecar's image. All stages use the same digest. */
export class ImageRegistry extends ComponentResource implements DiagnosticSource {
  readonly id: Output<string>;
  readonly diagnosticTargets: readonly DiagnosticTarget[];
  readonly name: Output<string>;
  readonly loginServer: Output<string>;

  constructor(context: Context, group: Output<string>) {
    super('slipway:program:ImageRegistry', 'image-registry');
    const registry = this.#registry(context, group);
    this.id = registry.id;
    this.diagnosticTargets = [{ name: 'registry', type: 'containerregistry:Registry', id: this.id }];
    this.name = registry.name;
    this.loginServer = registry.loginServer;
    this.#deployerPushes(context);
    this.registerOutputs({ loginServer: this.loginServer });
  }

  #deployerPushes(context: Context): void {
    const principalId = context.config.deployerPrincipalId;
    if (principalId === '') return;
    assignRole(context, { name: 'deployer-pushes-images', principalId, role: 'acrPush', scope: this.id, parent: this });
  }

  #registry({ names, location, tags, isProtected }: Context, resourceGroupName: Output<string>): Registry {
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
      { parent: this, protect: isProtected('registry') },
    );
  }
}

/** Storage of the packages, history and locks of releases. */
export class Releases extends ComponentResource implements DiagnosticSource {
  readonly accountId: Output<string>;
  readonly diagnosticTargets: readonly DiagnosticTarget[];
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
      // Public but Entra-only, because hosted pipelines write here.
      access: { allowSharedKeyAccess: false, publicNetworkAccess: 'Enabled' },
    });
    this.accountId = account.id;
    this.diagnosticTargets = [{ name: 'releases', type: 'storage:StorageAccount', id: this.accountId }];
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
    assignRole(context, { name: 'deployer-writes-releases', principalId, role, scope, parent: this });
  }
}
