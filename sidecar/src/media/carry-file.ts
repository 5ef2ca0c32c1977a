import type { FileHandle } from 'node:fs/promises';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobCircuitBreaker } from '../blob/circuit-breaker.ts';
import { BlobFailure } from '../blob/failure.ts';
import type { BlobStore, Put } from '../blob/store.ts';
import { reasonOf, systemCode } from '../coded-error.ts';
import * as defaults from '../defaults.ts';
import type { BufferPool } from './buffer-pool.ts';
import { blobHas } from './compare-blob.ts';
import { contentType, imageByExtension, SNIFF_BYTES } from './content-type.ts';
import { type Contents, checkedStream, digest, readContents } from './digest.ts';
import { type Fingerprint, fingerprintOf, sameFile } from './fingerprint.ts';
import type { Folders } from './folders.ts';
import { move, moveAside } from './moves.ts';
import { isUlidName, pathProblem } from './names.ts';
import { openRegularFile } from './open-regular-file.ts';
import type { Outcome } from './outcome.ts';
import { imageProblem } from './whole-image.ts';

export interface CarryContext {
  readonly folders: Folders;
  readonly store: BlobStore;
  readonly breaker: BlobCircuitBreaker;
  readonly buffers: BufferPool;
  readonly nowMs: () => number;
}

const NOTHING = { kind: 'gone' } as const;

/**
 * One attempt to bring a file of the outbox into Blob: take, upload, verify, rename. Never throws.
 * `expected` is what a foreign file was while it settled.
 */
export async function carryFile(context: CarryContext, path: string, expected?: Fingerprint): Promise<Outcome> {
  const problem = pathProblem(path);
  if (problem !== undefined) return { kind: 'refused', reason: problem };
  try {
    const opened = await openRegularFile(context.folders.outbox, path);
    if (opened.kind !== 'open') return opened;
    try {
      if (expected !== undefined && !sameFile(expected, opened.fingerprint))
        return { kind: 'changed', reason: 'still being written' };
      return await context.buffers.use((space) => carryOpen(context, path, opened.handle, opened.fingerprint, space));
    } finally {
      await opened.handle.close();
    }
  } catch (error) {
    return outcomeOf(error);
  }
}

async function carryOpen(
  context: CarryContext,
  path: string,
  file: FileHandle,
  before: Fingerprint,
  space: Buffer,
): Promise<Outcome> {
  if (before.size > defaults.PUT_BLOB_LIMIT_BYTES) {
    return { kind: 'rejected', reason: `${before.size} bytes, more than Blob takes at once (5000 MiB)` };
  }
  const torn = await incompleteness(path, file, before.size);
  if (torn !== undefined) return { kind: 'incomplete', reason: torn };
  const contents = await readContents(file, before.size, SNIFF_BYTES, space);
  if (contents === undefined) return { kind: 'changed', reason: 'became shorter while it was read' };

  let put: Put | undefined;
  try {
    put = await upload(context, path, file, before.size, contents);
  } catch (error) {
    if (!(error instanceof BlobFailure) || error.kind !== 'exists') throw error;
    const same = await blobHas(context.breaker, context.store, path, before.size, contents.md5);
    if (!same) return moveToConflicts(context, path, before);
  }
  const after = await currentFingerprint(join(context.folders.outbox, path));
  // Another instance may have been faster to rename; what matters is that these contents are in Blob.
  if (after === undefined) return { kind: 'durable', bytes: before.size, uploaded: put !== undefined };
  if (!sameFile(before, after)) {
    if (put !== undefined) await removeCreatedBlob(context, path, put);
    return { kind: 'changed', reason: 'changed while it was uploaded' };
  }
  // A name of the application that Blob did not have until now cannot stand in synced: its absence is not asked for.
  const fresh = put !== undefined && isUlidName(path);
  const unmoved = await intoSynced(context, path, fresh ? undefined : { size: before.size, md5: contents.md5 });
  const durable = { kind: 'durable', bytes: before.size, uploaded: put !== undefined } as const;
  return unmoved === undefined ? durable : { ...durable, unmoved };
}

/** Files named by the application are complete by construction, but an empty image is none. */
async function incompleteness(path: string, file: FileHandle, size: number): Promise<string | undefined> {
  if (!isUlidName(path)) return imageProblem(path, file, size);
  return size === 0 && imageByExtension(path) !== undefined ? 'an empty image' : undefined;
}

async function upload(
  context: CarryContext,
  name: string,
  file: FileHandle,
  length: number,
  contents: Contents,
): Promise<Put> {
  const { md5, bytes } = contents;
  const put = await context.breaker.request((signal, onProgress) =>
    context.store.put(
      {
        name,
        length,
        md5,
        contentType: contentType(contents.head),
        body: bytes ?? (() => checkedStream(file, length, md5, onProgress)),
      },
      signal,
    ),
  );
  // Put Blob answers with the MD5 of what it stored, which is of the right length when it is ours. Ask where it did not say.
  const verified = put.md5?.equals(md5) ?? (await blobHas(context.breaker, context.store, name, length, md5));
  if (!verified) throw new BlobFailure('changed', 'Blob answered with another MD5 than that of the file');
  return put;
}

/** Removes what this attempt has just created, and only that: the file it was made from is no longer the file. */
async function removeCreatedBlob(context: CarryContext, name: string, put: Put): Promise<void> {
  try {
    await context.breaker.request((signal) => context.store.remove(name, put.etag, signal));
  } catch {
    // Then the next attempt finds other contents under this name: a conflict, and still nothing is lost.
  }
}

async function moveToConflicts(context: CarryContext, path: string, before: Fingerprint): Promise<Outcome> {
  const { folders } = context;
  const now = await currentFingerprint(join(folders.outbox, path));
  if (now === undefined) return { kind: 'gone' };
  if (!sameFile(before, now)) return { kind: 'changed', reason: 'changed while it was compared' };
  const movedTo = await moveAside(join(folders.outbox, path), folders.conflicts, path);
  return movedTo === undefined ? { kind: 'gone' } : { kind: 'conflict', movedTo };
}

/**
 * Renames into `synced`; the reason when that fails. What stands there already and does not hold `contents` is set aside,
 * not overwritten; without `contents` nothing can stand there.
 */
async function intoSynced(
  context: CarryContext,
  path: string,
  contents: { readonly size: number; readonly md5: Buffer } | undefined,
): Promise<string | undefined> {
  const { folders } = context;
  const target = join(folders.synced, path);
  try {
    const there = contents === undefined ? NOTHING : await openRegularFile(folders.synced, path);
    if (there.kind === 'refused' || there.kind === 'unreadable') {
      return `in Blob, but ${there.reason} stands in its way in synced`;
    }
    if (there.kind === 'open' && contents !== undefined) {
      const same = await holds(there.handle, there.fingerprint.size, contents.size, contents.md5);
      if (!same) await moveAside(target, folders.conflicts, path);
    }
    await move(join(folders.outbox, path), target);
    return undefined;
  } catch (error) {
    return `in Blob, but cannot be moved to synced: ${systemCode(error) || reasonOf(error)}`;
  }
}

async function holds(file: FileHandle, actual: number, size: number, md5: Buffer): Promise<boolean> {
  try {
    return actual === size && (await digest(file, size))?.md5.equals(md5) === true;
  } finally {
    await file.close();
  }
}

async function currentFingerprint(path: string): Promise<Fingerprint | undefined> {
  try {
    return fingerprintOf(await lstat(path));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof BlobFailure)) return { kind: 'unreadable', reason: systemCode(error) || reasonOf(error) };
  if (error.kind === 'changed') return { kind: 'changed', reason: error.message };
  if (error.kind === 'rejected') return { kind: 'rejected', reason: error.message };
  // `missing` is a blob that vanished between two questions: the next attempt uploads it.
  return {
    kind: 'failed',
    reason: error.message,
    unavailable: error.kind === 'unavailable',
    retryAfterMs: error.retryAfterMs,
  };
}
