import type { BlobServiceProperties } from '@pulumi/azure-native/storage/blobServiceProperties.js';
import { listStorageAccountKeysOutput } from '@pulumi/azure-native/storage/listStorageAccountKeys.js';
import { ManagementPolicy } from '@pulumi/azure-native/storage/managementPolicy.js';
import type { StorageAccount } from '@pulumi/azure-native/storage/storageAccount.js';
import { ComponentResource, type Output, type Resource, secret } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import type { DiagnosticSource, DiagnosticTarget } from '../diagnostics/diagnostics.ts';
import { assignRole, type Identity } from '../identity/identity.ts';
import type { Network } from '../network/network.ts';
import { blobStore } from './blob-store.ts';
import { FileStore } from './file-store.ts';
import { mediaLifecycle } from './media-lifecycle.ts';

/** Storage of the images. The sidecar writes with its identity; only the mount uses the account key. */
export class Media extends ComponentResource implements DiagnosticSource {
  readonly accountId: Output<string>;
  readonly diagnosticTargets: readonly DiagnosticTarget[];
  readonly accountName: string;
  readonly containerName: Output<string>;
  readonly endpoint: Output<string>;
  /** Whether the account's keys work: the program wants a mount, or a slot still has one from an earlier release. */
  readonly hasKeys: boolean;
  /** The share of media that the application overwrites and deletes; undefined where config wants none. */
  readonly share: FileStore | undefined;
  /** Resources that have to exist before the sidecar starts. */
  readonly prerequisites: Resource[];
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
    const { mount, shareGb, shareSnapshotDays, replication, softDeleteDays } = context.config.media;
    this.hasKeys = mount || shareGb > 0 || context.present.mountedAccounts.includes(context.names.compact('st', 24));
    const { accountName, account, recovery, container } = blobStore(context, {
      name: 'media',
      group,
      parent: this,
      sku: replication,
      recoveryDays: softDeleteDays,
      access: {
        // Mounts authenticate with the account key only: https://learn.microsoft.com/azure/app-service/configure-connect-to-azure-storage
        allowSharedKeyAccess: this.hasKeys,
        publicNetworkAccess: 'Disabled',
        networkRuleSet: {
          defaultAction: 'Deny',
          // Azure Backup comes as a trusted service, which public access that is disabled does not keep out:
          // https://learn.microsoft.com/azure/backup/backup-azure-files#prerequisites
          bypass: shareGb > 0 && shareSnapshotDays > 0 ? 'AzureServices' : 'None',
        },
      },
    });
    this.accountName = accountName;
    this.#account = account;
    this.#lifecycle(recovery);
    this.accountId = this.#account.id;
    this.containerName = container.name;
    this.endpoint = this.#account.primaryEndpoints.blob;
    const writer = assignRole(context, {
      name: 'app-writes-media',
      principalId: identity.principalId,
      role: 'storageBlobDataContributor',
      scope: container.id,
      parent: this,
    });
    const endpoint = network.privateEndpoint('media', {
      serviceId: this.#account.id,
      groupId: 'blob',
      zoneName: 'privatelink.blob.core.windows.net',
    });
    this.share =
      shareGb === 0 ? undefined : new FileStore(context, group, { account: this.#account, network, parent: this });
    this.diagnosticTargets = [
      { name: 'media', type: 'storage:StorageAccount', id: this.accountId },
      ...(this.snapshotVaultId === undefined
        ? []
        : [{ name: 'shared-media-backups', type: 'recoveryservices:Vault', id: this.snapshotVaultId } as const]),
    ];
    this.prerequisites = [container, writer, ...endpoint, ...(this.share?.prerequisites ?? [])];
    this.registerOutputs({ endpoint: this.endpoint });
  }

  /** The vault that plans the share's snapshots, where there are any. */
  get snapshotVaultId(): Output<string> | undefined {
    return this.share?.snapshots?.vaultId;
  }

  /** The key for the mount, which has no other way to authenticate. */
  accountKey(): Output<string> {
    const { keys } = listStorageAccountKeysOutput(
      { accountName: this.accountName, resourceGroupName: this.#group },
      { dependsOn: [this.#account] },
    );
    return secret(keys.apply(([first]) => first?.value ?? ''));
  }

  /** After the recovery settings, because both are written to the same account. */
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
}
