import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { BlobLeaseClient, type ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { TestAzurite } from './azurite.fixture.ts';
import type { HistoryEntry } from './history.ts';
import { type Intent, inspectLock, ReleaseLock } from './lock.ts';
import { currentOwner, hasEnded, type Owner } from './owner.ts';
import { Seal } from './seal.ts';

const NAME = 'stack/lock.json';
const seal = new Seal('secret', 'stack');
const intent: Intent = {
  phase: 'swap',
  entry: { version: 'b', from: 'a' } as HistoryEntry,
  lastSwap: '2026-01-01T00:00:00.000Z',
};
const alive = currentOwner('release', { GITHUB_ACTOR: 'ada' }, new Date('2026-01-02T03:04:05Z'));
let azurite: TestAzurite;
let container: ContainerClient;

beforeAll(async () => {
  azurite = await TestAzurite.start();
});

afterAll(() => azurite.stop());

beforeEach(async () => {
  container = await azurite.container();
});

/** An owner whose process has ended. */
async function deadOwner(): Promise<Owner> {
  const child = spawn('sleep', ['60']);
  const owner = {
    ...alive,
    who: 'bob',
    process: { ...(alive.process as NonNullable<Owner['process']>), pid: child.pid ?? 0 },
  };
  child.kill('SIGKILL');
  await once(child, 'close');
  return owner;
}

/** The container for somebody who is slow: another acts between what is read first and what follows. */
function afterFirstDownload(action: () => Promise<void>): ContainerClient {
  const blob = container.getBlockBlobClient(NAME);
  const download = blob.download.bind(blob);
  blob.download = async (...args) => {
    const answer = await download(...args);
    blob.download = download;
    await action();
    return answer;
  };
  return { getBlockBlobClient: () => blob } as unknown as ContainerClient;
}

describe('the release lock', () => {
  test('is held by one at a time; the second is told who holds it and since when', async () => {
    const held = await ReleaseLock.acquire(container, NAME, alive, seal);
    await expect(ReleaseLock.acquire(container, NAME, alive, seal)).rejects.toMatchObject({
      code: 'SLIP-RELEASE-LOCKED',
      detail: { found: 'another release is in progress: ada (release), since 2026-01-02T03:04:05.000Z' },
    });
    await held.release();
    const next = await ReleaseLock.acquire(container, NAME, alive, seal);
    expect({ owner: next.previousOwner, leftover: next.leftover }).toEqual({ owner: undefined, leftover: undefined });
    await next.release();
  });

  test('that somebody has just taken is reported with the name that they write next', async () => {
    const blob = container.getBlockBlobClient(NAME);
    await blob.upload('{}', 2);
    const lease = new BlobLeaseClient(blob);
    await lease.acquireLease(30);
    const content = JSON.stringify({ owner: alive });
    const slow = afterFirstDownload(async () => {
      await blob.upload(content, content.length, { conditions: { leaseId: lease.leaseId } });
    });
    await expect(ReleaseLock.acquire(slow, NAME, alive, seal)).rejects.toMatchObject({
      code: 'SLIP-RELEASE-LOCKED',
      detail: { found: expect.stringContaining('in progress: ada') },
    });
    await lease.releaseLease();
  });

  test('given back with something still begun leaves it to the next, also when that one fails before it heals', async () => {
    const held = await ReleaseLock.acquire(container, NAME, alive, seal);
    await held.write(intent);
    await held.release();
    const failing = await ReleaseLock.acquire(container, NAME, alive, seal);
    expect(failing.leftover).toEqual(intent);
    await failing.release();
    const healing = await ReleaseLock.acquire(container, NAME, alive, seal);
    expect(healing.leftover).toEqual(intent);
    await healing.write(undefined);
    await healing.release();
    const after = await ReleaseLock.acquire(container, NAME, alive, seal);
    expect(after.leftover).toBeUndefined();
    await after.release();
  });

  test('of a process that has ended on this machine is taken over at once, with what it had begun', async () => {
    const owner = await deadOwner();
    const killed = await ReleaseLock.acquire(container, NAME, owner, seal);
    await killed.write(intent);
    const next = await ReleaseLock.acquire(container, NAME, alive, seal);
    expect(next.previousOwner).toEqual(owner);
    expect(next.leftover).toEqual(intent);
    await expect(killed.write(intent)).rejects.toMatchObject({ code: 'SLIP-RELEASE-LOCK-LOST' });
    expect(() => killed.assertHeld()).toThrow(expect.objectContaining({ code: 'SLIP-RELEASE-LOCK-LOST' }));
    await Promise.all([next.release(), killed.release()]);
  });

  test('of a process on another machine is not taken over while its lease lives, and is afterwards', async () => {
    const elsewhere: Owner = { ...alive, process: { machine: 'another', pid: 1, startTicks: '1' } };
    const held = await ReleaseLock.acquire(container, NAME, elsewhere, seal);
    await held.write(intent);
    await expect(ReleaseLock.acquire(container, NAME, alive, seal)).rejects.toMatchObject({
      code: 'SLIP-RELEASE-LOCKED',
    });
    // What 30 s without renewal do.
    await new BlobLeaseClient(container.getBlobClient(NAME)).breakLease(0);
    const next = await ReleaseLock.acquire(container, NAME, alive, seal);
    expect(next.previousOwner).toEqual(elsewhere);
    await Promise.all([next.release(), held.release()]);
  });

  test('of a dead holder is left alone when somebody else has taken it over since it was looked at', async () => {
    const killed = await ReleaseLock.acquire(container, NAME, await deadOwner(), seal);
    let eve: ReleaseLock | undefined;
    const late = afterFirstDownload(async () => {
      eve = await ReleaseLock.acquire(container, NAME, { ...alive, who: 'eve' }, seal);
    });
    await expect(ReleaseLock.acquire(late, NAME, alive, seal)).rejects.toMatchObject({ code: 'SLIP-RELEASE-LOCKED' });
    await eve?.write(intent);
    await Promise.all([eve?.release(), killed.release()]);
    expect((await inspectLock(container, NAME))?.intent).toEqual(intent);
  });

  test('whose content is damaged keeps nobody out, and says so', async () => {
    await container.getBlockBlobClient(NAME).upload('{"own', 5);
    expect(await inspectLock(container, NAME)).toMatchObject({ damaged: true });
    const held = await ReleaseLock.acquire(container, NAME, alive, seal);
    expect({ damaged: held.wasDamaged, owner: held.previousOwner, leftover: held.leftover }).toEqual({
      damaged: true,
      owner: undefined,
      leftover: undefined,
    });
    await held.release();
    const next = await ReleaseLock.acquire(container, NAME, alive, seal);
    expect(next.wasDamaged).toBe(false);
    await next.release();
  });

  test('with an intent that nobody with the key of the stack wrote begins anew, and says so', async () => {
    const content = JSON.stringify({
      owner: await deadOwner(),
      intent,
      mac: new Seal('guess', 'stack').of('intent', intent),
    });
    await container.getBlockBlobClient(NAME).upload(content, content.length);
    const held = await ReleaseLock.acquire(container, NAME, alive, seal);
    expect({ damaged: held.wasDamaged, leftover: held.leftover }).toEqual({ damaged: true, leftover: undefined });
    await held.release();
  });

  test('can be read at any moment while its holder writes', async () => {
    const held = await ReleaseLock.acquire(container, NAME, alive, seal);
    const longer: Intent = { ...intent, entry: { ...intent.entry, version: 'v'.repeat(20_000) } };
    const writing = (async () => {
      for (let turn = 0; turn < 60; turn++) await held.write(turn % 2 === 0 ? intent : longer);
    })();
    const readers = Array.from({ length: 3 }, async () => {
      for (let turn = 0; turn < 60; turn++) expect((await inspectLock(container, NAME))?.owner).toEqual(alive);
    });
    await Promise.all([writing, ...readers]);
    await held.release();
  });

  test('can be looked at without being taken', async () => {
    expect(await inspectLock(container, NAME)).toBeUndefined();
    const held = await ReleaseLock.acquire(container, NAME, alive, seal);
    await held.write(intent);
    expect(await inspectLock(container, NAME)).toEqual({ owner: alive, intent, mac: expect.any(String) });
    await held.write(undefined);
    await held.release();
    expect(await inspectLock(container, NAME)).toBeUndefined();
  });
});

describe('an owner', () => {
  test('has not ended while its process runs, and has when the pid belongs to another', () => {
    expect(hasEnded(alive)).toBe(false);
    const reused = { ...(alive.process as NonNullable<Owner['process']>), startTicks: '1' };
    expect(hasEnded({ ...alive, process: reused })).toBe(true);
  });

  test('on another machine is never known to have ended', () => {
    expect(hasEnded({ ...alive, process: { machine: 'another', pid: 999_999, startTicks: '1' } })).toBe(false);
  });
});
