import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerClient } from '@azure/storage-blob';
import { SlipError } from '../../lib/errors.ts';
import { isStatus, storeFailure } from './store-failure.ts';

export interface StoredPackage {
  readonly version: string;
  readonly sha256: string;
}

/** Packages by the hash of their bytes: what is there under a hash is never written again. */
export class PackageStore {
  readonly #container: ContainerClient;

  constructor(container: ContainerClient) {
    this.#container = container;
  }

  /** Returns false when it was there already. */
  async put(file: string, { version, sha256 }: StoredPackage): Promise<boolean> {
    try {
      await this.#blob(sha256).uploadFile(file, {
        conditions: { ifNoneMatch: '*' },
        metadata: { version },
        blobHTTPHeaders: { blobContentType: 'application/zip' },
      });
      return true;
    } catch (error) {
      if (isStatus(error, 409, 412)) return false;
      throw storeFailure(error);
    }
  }

  /** Fetches a package into a file, compares its hash, hands the file over and removes it afterwards. */
  async use<T>({ version, sha256 }: StoredPackage, action: (file: string) => Promise<T>): Promise<T> {
    const directory = await mkdtemp(join(tmpdir(), 'slipway-package-'));
    try {
      const file = join(directory, `${version}.zip`);
      await this.#download(file, { version, sha256 });
      return await action(file);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  async #download(file: string, { version, sha256 }: StoredPackage): Promise<void> {
    try {
      await this.#blob(sha256).downloadToFile(file);
    } catch (error) {
      if (!isStatus(error, 404)) throw storeFailure(error);
      throw new SlipError('SLIP-RELEASE-PACKAGE-GONE', {
        found: `the package of version ${version} is not in the releases container any more`,
        expected: `packages/${sha256}.zip`,
        fix: 'check out the commit that history names and release it, or choose another version with --to',
      });
    }
    const found = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    if (found === sha256) return;
    throw new SlipError('SLIP-RELEASE-PACKAGE-CHANGED', {
      found: `the stored package of version ${version} has SHA-256 ${found}`,
      expected: `${sha256}, as history recorded it when it was released`,
      fix: 'somebody or something changed it: do not use it; release that commit again, and look into who can write there',
    });
  }

  #blob(sha256: string) {
    return this.#container.getBlockBlobClient(`packages/${sha256}.zip`);
  }
}
