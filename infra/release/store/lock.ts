import { BlobLeaseClient, type BlockBlobClient, type ContainerClient } from '@azure/storage-blob';
import { SlipError } from '../../lib/errors.ts';
import { isObject } from '../../lib/json.ts';
import { untilDefined } from '../../lib/until.ts';
import { readText } from './blob-text.ts';
import type { HistoryEntry } from './history.ts';
import { describeOwner, hasEnded, type Owner } from './owner.ts';
import type { Seal } from './seal.ts';
import { isStatus, storeFailure } from './store-failure.ts';

/** A lease lives this long without being renewed: how long a crashed release on another machine keeps others out. */
export const LEASE_SECONDS = 30;
const RENEW_MS = 8_000;
const ownerWithin = { limitMs: 2_000, pollMs: 50 };

/** How far a change of the slots has come. Written before each step begins, under the lease. */
export interface Intent {
  readonly phase: Phase;
  /** The entry that history will get; whoever heals a crash completes it. */
  readonly entry: HistoryEntry;
  /** Timestamp of the last swap before ours. A different value later means that our swap happened. */
  readonly lastSwap?: string | undefined;
}
export type Phase = 'stage' | 'migrate' | 'prepare' | 'verify' | 'drain' | 'swap' | 'swapped' | 'swap back';

export interface LockContent {
  readonly owner?: Owner;
  readonly intent?: Intent;
  /** Seal of the intent. */
  readonly mac?: string;
  /** The blob holds something else: who had the lock and what was begun is not known. */
  readonly damaged?: true;
}

/**
 * The right to change the slots of one site: a leased blob whose content says who holds it and how far they are. Nothing
 * but the holder of the lease can write it.
 */
export class ReleaseLock {
  /** Who held it before and did not give it back. */
  readonly previousOwner: Owner | undefined;
  /** What the previous owner had begun. */
  readonly leftover: Intent | undefined;
  readonly wasDamaged: boolean;
  readonly #blob: BlockBlobClient;
  readonly #lease: BlobLeaseClient;
  readonly #owner: Owner;
  readonly #seal: Seal;
  readonly #timer: NodeJS.Timeout;
  #renewedAt = Date.now();
  #lost = false;
  #intent: Intent | undefined;

  private constructor(blob: BlockBlobClient, lease: BlobLeaseClient, owner: Owner, found: LockContent, seal: Seal) {
    this.#seal = seal;
    this.#blob = blob;
    this.#lease = lease;
    this.#owner = owner;
    this.previousOwner = found.owner;
    this.leftover = found.intent;
    this.wasDamaged = found.damaged === true;
    this.#timer = setInterval(() => void this.#renew(), RENEW_MS);
    this.#timer.unref();
  }

  /** Throws SLIP-RELEASE-LOCKED, naming the holder, when it is held. A holder known to be dead loses it at once. */
  static async acquire(container: ContainerClient, name: string, owner: Owner, seal: Seal): Promise<ReleaseLock> {
    const blob = container.getBlockBlobClient(name);
    await createWhenMissing(blob);
    const lease = new BlobLeaseClient(blob);
    if (!(await tryAcquire(lease))) {
      const { content, etag } = await readOwned(blob);
      const holder = content.owner;
      if (holder === undefined || !hasEnded(holder)) throw lockedBy(holder);
      await breakUnchanged(lease, etag);
      if (!(await tryAcquire(lease))) throw lockedBy(undefined);
    }
    const found = genuine((await read(blob)).content, seal);
    const lock = new ReleaseLock(blob, lease, owner, found, seal);
    await lock.#write(found.intent);
    return lock;
  }

  /** Records what is about to begin. Throws SLIP-RELEASE-LOCK-LOST when somebody else may hold the lock by now. */
  async write(intent: Intent | undefined): Promise<void> {
    this.assertHeld();
    await this.#write(intent);
  }

  assertHeld(): void {
    if (!this.#lost && Date.now() - this.#renewedAt < LEASE_SECONDS * 1000) return;
    throw new SlipError('SLIP-RELEASE-LOCK-LOST', {
      found: 'the lock could not be renewed in time, so somebody else may be releasing now',
      expected: `storage to answer at least once in ${LEASE_SECONDS} s`,
      fix: './slipway history shows what happened; then repeat the command',
    });
  }

  /** Gives the lock back; an intent that was not cleared stays, for the next command to heal. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    try {
      const content = this.#intent === undefined ? {} : { owner: this.#owner, ...this.#sealed(this.#intent) };
      await upload(this.#blob, content, this.#lease.leaseId);
      await this.#lease.releaseLease();
    } catch {
      // The lease expires by itself, and the next command names its last holder.
    }
  }

  async #write(intent: Intent | undefined): Promise<void> {
    this.#intent = intent;
    const content: LockContent = { owner: this.#owner, ...(intent === undefined ? {} : this.#sealed(intent)) };
    try {
      await upload(this.#blob, content, this.#lease.leaseId);
    } catch (error) {
      if (!isStatus(error, 409, 412)) throw storeFailure(error);
      this.#lost = true;
      this.assertHeld();
    }
  }

  #sealed(intent: Intent): Pick<LockContent, 'intent' | 'mac'> {
    return { intent, mac: this.#seal.of('intent', intent) };
  }

  async #renew(): Promise<void> {
    const asked = Date.now();
    try {
      await this.#lease.renewLease();
      this.#renewedAt = asked;
    } catch (error) {
      if (isStatus(error, 409, 412)) this.#lost = true;
    }
  }
}

/** Who holds the lock and how far they are, for commands that only look. Undefined: nobody, and nothing is left to heal. */
export async function inspectLock(container: ContainerClient, name: string): Promise<LockContent | undefined> {
  try {
    const { content } = await read(container.getBlockBlobClient(name));
    return content.owner === undefined && content.damaged === undefined ? undefined : content;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw storeFailure(error);
  }
}

/** The name of a stack's lock in the releases container. */
export function lockName(stack: string): string {
  return `${stack}/lock.json`;
}

async function createWhenMissing(blob: BlockBlobClient): Promise<void> {
  try {
    await blob.upload('{}', 2, { conditions: { ifNoneMatch: '*' } });
  } catch (error) {
    if (!isStatus(error, 409, 412)) throw storeFailure(error);
  }
}

async function tryAcquire(lease: BlobLeaseClient): Promise<boolean> {
  try {
    await lease.acquireLease(LEASE_SECONDS);
    return true;
  } catch (error) {
    if (isStatus(error, 409)) return false;
    throw storeFailure(error);
  }
}

/** Breaks the lease of a holder that has ended, unless somebody else has taken the lock over since its content was read. */
async function breakUnchanged(lease: BlobLeaseClient, etag: string): Promise<void> {
  try {
    await lease.breakLease(0, { conditions: { ifMatch: etag } });
  } catch (error) {
    if (isStatus(error, 412)) throw lockedBy(undefined);
    // 409: it has run out meanwhile.
    if (!isStatus(error, 409)) throw storeFailure(error);
  }
}

async function read(blob: BlockBlobClient): Promise<{ readonly content: LockContent; readonly etag: string }> {
  const { text, etag } = await readText(blob);
  return { content: parse(text), etag };
}

/** Who has just taken the lock writes its name next. */
async function readOwned(blob: BlockBlobClient): ReturnType<typeof read> {
  let found = await read(blob);
  if (found.content.owner !== undefined) return found;
  await untilDefined(ownerWithin, async () => {
    found = await read(blob);
    return found.content.owner;
  });
  return found;
}

function parse(text: string): LockContent {
  try {
    const content: unknown = JSON.parse(text);
    if (isObject(content)) return content;
  } catch {
    // Not what any of us wrote.
  }
  return { damaged: true };
}

/** An intent that nobody with the stack's key wrote is not carried out: it would make a command swap, or trust a package. */
function genuine(content: LockContent, seal: Seal): LockContent {
  const { intent, mac } = content;
  if (intent === undefined || seal.isGenuine('intent', intent, mac)) return content;
  return { damaged: true };
}

async function upload(blob: BlockBlobClient, content: LockContent, leaseId: string): Promise<void> {
  const text = JSON.stringify(content);
  await blob.upload(text, Buffer.byteLength(text), {
    conditions: { leaseId },
    blobHTTPHeaders: { blobContentType: 'application/json' },
  });
}

function lockedBy(holder: Owner | undefined): SlipError {
  return new SlipError('SLIP-RELEASE-LOCKED', {
    found:
      holder === undefined
        ? 'another release has just taken the lock'
        : `another release is in progress: ${describeOwner(holder)}`,
    expected: 'one release at a time',
    fix: `wait for its end; if it was killed on another machine, its lock ends by itself within ${LEASE_SECONDS} s`,
  });
}

/** Somebody else may hold the lock by now: nothing may be changed any more, not even to undo. */
export function isLockLost(error: unknown): boolean {
  return error instanceof SlipError && error.code === 'SLIP-RELEASE-LOCK-LOST';
}

/** Nobody is kept out by a lock that cannot be read; but what its last holder had begun has to be looked for. */
export function damagedLock(): SlipError {
  return new SlipError('SLIP-RELEASE-LOCK-DAMAGED', {
    found: 'the lock held something that no release wrote: who had it, and what was begun, is not known',
    expected: 'its content to be written by releases alone',
    fix: 'the lock was taken and written anew; compare ./slipway status with ./slipway history',
  });
}
