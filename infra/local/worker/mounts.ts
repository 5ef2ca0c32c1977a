import { timingSafeEqual } from 'node:crypto';
import type { StorageMount } from '../appservice/worker.ts';
import type { StorageAccount } from '../servers/blob.ts';
import type { Mount } from './mount.ts';
import type { Share } from './share.ts';

type Mountable = Pick<Mount | Share, 'type' | 'account' | 'name' | 'directory' | 'reach' | 'start'>;

/** The storage of this region that a container can mount. */
export class Mounts {
  readonly #accounts: readonly StorageAccount[];
  readonly #mounts: readonly Mountable[];
  readonly #resolveText: (text: string) => string;

  constructor(
    accounts: readonly StorageAccount[],
    mounts: readonly Mountable[],
    resolveText: (text: string) => string = (text) => text,
  ) {
    this.#accounts = accounts;
    this.#mounts = mounts;
    this.#resolveText = resolveText;
  }

  /** The directory that shows what is mounted; undefined when the region has no such container or share. */
  directoryOf(mount: StorageMount): string | undefined {
    return this.#find(mount)?.directory;
  }

  /** Resolves when the directory is the share, or is kept equal to the container. Rejects with the reason when App Service could not mount it. */
  async attach(mount: StorageMount): Promise<void> {
    const found = this.#find(mount);
    if (found === undefined)
      throw new Error(
        `there is no ${mount.type === 'AzureFiles' ? 'share' : 'container'} ${mount.shareName} in ${mount.accountName}`,
      );
    if (!this.#opens(mount)) throw new Error(`the key does not open the account ${mount.accountName}`);
    await found.reach();
    await found.start();
  }

  #find({ type = 'AzureBlob', accountName, shareName }: StorageMount): Mountable | undefined {
    return this.#mounts.find((each) => each.type === type && each.account === accountName && each.name === shareName);
  }

  /** The key is the only way in: a mount cannot use the identity. */
  #opens({ accountName, accessKey }: StorageMount): boolean {
    const key = Buffer.from(this.#accounts.find(({ name }) => name === accountName)?.key ?? '');
    const sent = Buffer.from(this.#resolveText(accessKey ?? ''));
    return key.length > 0 && key.length === sent.length && timingSafeEqual(key, sent);
  }
}
