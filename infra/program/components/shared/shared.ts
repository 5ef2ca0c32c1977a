import { Registry } from '@pulumi/azure-native/containerregistry/registry.js';
import type { BlobContainer } from '@pulumi/azure-native/storage/blobContainer.js';
import { ComponentResource, type Output } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import type { DiagnosticSource, DiagnosticTarget } from '../diagnostics/diagnostics.ts';
import { onlyBlobs, onlyRoles } from '../identity/conditions.ts';
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
    this.#grantDeployers(context);
    this.registerOutputs({ loginServer: this.loginServer });
  }

  /**
   * Every pipeline may ask for images; `dev` builds them, and `dev` and `prod` let their app pull them. Who may grant a role
   * here may grant this one only.
   */
  #grantDeployers(context: Context): void {
    for (const { kind, principalId } of context.config.deployers) {
      const who = `deployer-${kind}-${principalId.slice(0, 8)}`;
      const given = { principalId, scope: this.id, parent: this };
      assignRole(context, { ...given, name: `${who}-pulls-images`, role: 'acrPull' });
      if (kind === 'dev') assignRole(context, { ...given, name: `${who}-builds-images`, role: 'acrTasksContributor' });
      if (kind === 'preview') continue;
      const condition = onlyRoles(['acrPull']);
      assignRole(context, { ...given, name: `${who}-grants-pull`, role: 'roleAdministrator', condition });
    }
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
    this.#grantDeployers(context, container);
    this.registerOutputs({ endpoint: this.endpoint });
  }

  /**
   * Packages are shared, since prod releases what dev released; history and lock are each stage's own. The preview reads the
   * history of prod: what the last release wrote tells what has drifted since.
   */
  #grantDeployers(context: Context, { id: scope }: BlobContainer): void {
    for (const { kind, principalId } of context.config.deployers) {
      const who = `deployer-${kind}-${principalId.slice(0, 8)}`;
      const given = { principalId, scope, parent: this };
      if (kind === 'preview') {
        const condition = onlyBlobs({ read: ['prod/*'], write: [] });
        assignRole(context, { ...given, name: `${who}-reads-releases`, role: 'storageBlobDataReader', condition });
        continue;
      }
      const paths = [`${kind}/*`, 'packages/*'];
      const condition = onlyBlobs({ read: paths, write: paths });
      assignRole(context, { ...given, name: `${who}-writes-releases`, role: 'storageBlobDataContributor', condition });
    }
  }
}
