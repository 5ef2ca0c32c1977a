import { FileServiceProperties } from '@pulumi/azure-native/storage/fileServiceProperties.js';
import { FileShare } from '@pulumi/azure-native/storage/fileShare.js';
import type { StorageAccount } from '@pulumi/azure-native/storage/storageAccount.js';
import { ComponentResource, type Output, type Resource } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import type { Network } from '../network/network.ts';
import { ShareSnapshots } from './share-snapshots.ts';

const SHARE = 'shared';

/** The Azure Files share that releases mount into both slots: for media that an application overwrites and deletes. */
export class FileStore extends ComponentResource {
  readonly name: Output<string>;
  /** What has to exist before a slot mounts it. */
  readonly prerequisites: readonly Resource[];
  /** Undefined where config wants no snapshots. */
  readonly snapshots: ShareSnapshots | undefined;

  constructor(
    context: Context,
    group: Output<string>,
    { account, network, parent }: { account: StorageAccount; network: Network; parent: Resource },
  ) {
    super('slipway:program:FileStore', 'shared-media', {}, { parent });
    const { shareGb, shareSnapshotDays, softDeleteDays: days } = context.config.media;
    const of = { accountName: account.name, resourceGroupName: group };
    const recovery = new FileServiceProperties(
      'shared-media-recovery',
      { ...of, fileServicesName: 'default', shareDeleteRetentionPolicy: { enabled: true, days } },
      { parent: this },
    );
    const share = new FileShare(
      'shared-media-share',
      { ...of, shareName: SHARE, shareQuota: shareGb, accessTier: 'TransactionOptimized', enabledProtocols: 'SMB' },
      {
        parent: this,
        dependsOn: [recovery],
        protect: context.isProtected('media'),
        retainOnDelete: context.isRetained('media'),
      },
    );
    const endpoint = network.privateEndpoint('media-files', {
      serviceId: account.id,
      groupId: 'file',
      zoneName: 'privatelink.file.core.windows.net',
    });
    this.prerequisites = [share, ...endpoint];
    this.snapshots =
      shareSnapshotDays === 0 ? undefined : new ShareSnapshots(context, group, { account, share, parent: this });
    this.name = share.name;
    this.registerOutputs({ name: this.name });
  }
}
