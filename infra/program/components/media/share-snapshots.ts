import { ProtectedItem } from '@pulumi/azure-native/recoveryservices/protectedItem.js';
import { ProtectionContainer } from '@pulumi/azure-native/recoveryservices/protectionContainer.js';
import { ProtectionPolicy } from '@pulumi/azure-native/recoveryservices/protectionPolicy.js';
import { Vault } from '@pulumi/azure-native/recoveryservices/vault.js';
import type { FileShare } from '@pulumi/azure-native/storage/fileShare.js';
import type { StorageAccount } from '@pulumi/azure-native/storage/storageAccount.js';
import { ComponentResource, interpolate, type Output, type Resource } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';

const FABRIC = 'Azure';
/** Only the time counts. */
const DAILY_AT = ['2026-01-01T02:00:00Z'];

/**
 * A snapshot of the share each day. Azure Backup takes and removes them, and they lie beside the share in its account:
 * https://learn.microsoft.com/azure/backup/azure-file-share-backup-overview
 */
export class ShareSnapshots extends ComponentResource {
  readonly vaultId: Output<string>;
  readonly #context: Context;
  readonly #group: Output<string>;

  constructor(
    context: Context,
    group: Output<string>,
    { account, share, parent }: { account: StorageAccount; share: FileShare; parent: Resource },
  ) {
    super('slipway:program:ShareSnapshots', 'shared-media-snapshots', {}, { parent });
    this.#context = context;
    this.#group = group;
    const vault = this.#vault();
    this.vaultId = vault.id;
    const policy = this.#policy(vault);
    this.#item({ vault, policy, account, share });
    this.registerOutputs({ vaultId: this.vaultId });
  }

  #vault(): Vault {
    const { names, location, tags } = this.#context;
    return new Vault(
      'shared-media-backups',
      {
        vaultName: names.scoped('rsv'),
        resourceGroupName: this.#group,
        location,
        tags,
        sku: { name: 'RS0', tier: 'Standard' },
        properties: {
          // Azure Backup is asked through Azure Resource Manager; the snapshots never leave the storage account.
          publicNetworkAccess: 'Enabled',
          monitoringSettings: { azureMonitorAlertSettings: { alertsForAllJobFailures: 'Enabled' } },
        },
      },
      this.#kept(),
    );
  }

  #policy(vault: Vault): ProtectionPolicy {
    const count = this.#context.config.media.shareSnapshotDays;
    return new ProtectionPolicy(
      'shared-media-daily',
      {
        policyName: 'daily',
        vaultName: vault.name,
        resourceGroupName: this.#group,
        properties: {
          backupManagementType: 'AzureStorage',
          workLoadType: 'AzureFileShare',
          timeZone: 'UTC',
          schedulePolicy: {
            schedulePolicyType: 'SimpleSchedulePolicy',
            scheduleRunFrequency: 'Daily',
            scheduleRunTimes: DAILY_AT,
          },
          retentionPolicy: {
            retentionPolicyType: 'LongTermRetentionPolicy',
            dailySchedule: { retentionTimes: DAILY_AT, retentionDuration: { count, durationType: 'Days' } },
          },
        },
      },
      this.#kept(),
    );
  }

  #item({ vault, policy, account, share }: ItemInput): void {
    const containerName = interpolate`storagecontainer;storage;${this.#group};${account.name}`;
    const of = { fabricName: FABRIC, vaultName: vault.name, resourceGroupName: this.#group, containerName };
    const container = new ProtectionContainer(
      'shared-media-account',
      {
        ...of,
        properties: {
          containerType: 'StorageContainer',
          backupManagementType: 'AzureStorage',
          sourceResourceId: account.id,
          // The program locks the account itself, and knows how to let it go.
          acquireStorageAccountLock: 'NotAcquire',
        },
      },
      this.#kept(),
    );
    new ProtectedItem(
      'shared-media-protection',
      {
        ...of,
        // Azure has a name of its own for the item, which the provider looks up by that of the share:
        // https://github.com/pulumi/pulumi-azure-native/pull/3809
        protectedItemName: share.name,
        properties: {
          protectedItemType: 'AzureFileShareProtectedItem',
          sourceResourceId: account.id,
          policyId: policy.id,
        },
      },
      { ...this.#kept(), dependsOn: [container] },
    );
  }

  /** Whoever deletes the protection deletes the snapshots. */
  #kept() {
    const { isProtected, isRetained } = this.#context;
    return { parent: this, protect: isProtected('media'), retainOnDelete: isRetained('media') };
  }
}

interface ItemInput {
  readonly vault: Vault;
  readonly policy: ProtectionPolicy;
  readonly account: StorageAccount;
  readonly share: FileShare;
}
