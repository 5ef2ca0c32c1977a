import { fstatSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { BlobFailure } from '../blob/failure.ts';
import type { Put } from '../blob/store.ts';
import { reasonOf, systemCode } from '../coded-error.ts';
import * as defaults from '../defaults.ts';
import { blobHas, type FileContents, upload } from './blob-contents.ts';
import type { CarryContext } from './carry-context.ts';
import { imageByExtension, SNIFF_BYTES } from './content-type.ts';
import { digest, readContents } from './digest.ts';
import { currentFingerprint, type Fingerprint, fingerprintOf, sameBytes, sameFile } from './fingerprint.ts';
import { move, moveAside, removeEmptyFolders } from './moves.ts';
import { isUlidName, pathProblem } from './names.ts';
import { type OpenFile, openRegularFile } from './open-regular-file.ts';
import type { Outcome } from './outcome.ts';
import { structureProblem } from './structure.ts';

export interface CarryOptions {
  /** The file as it was when it was last seen. When it is another one now, it is not taken. */
  readonly expected?: Fingerprint;
  /** Takes the file even when its structure has no end. */
  readonly asItIs?: boolean;
  /** Asks Blob first, because these contents were there before. */
  readonly probablyThere?: boolean;
}

/** Less than the second for which a network share's attributes are not asked for again. */
const KNOWN_MS = 500;

type Durable = Extract<Outcome, { kind: 'durable' }>;

/** One attempt to bring a file of the outbox into Blob: open, upload, verify, rename. Never throws. */
export async function carryFile(context: CarryContext, path: string, options: CarryOptions = {}): Promise<Outcome> {
  const problem = pathProblem(path);
  if (problem !== undefined) return { kind: 'refused', reason: problem };
  try {
    const opened = await openRegularFile(context.folders.outbox, path);
    if (opened.kind !== 'open') return opened;
    try {
      // The other names of a hard link may lead anywhere, and its contents can change through them.
      if (opened.links > 1) return { kind: 'refused', reason: 'a hard link, never carried' };
      if (options.expected !== undefined && !sameFile(options.expected, opened.fingerprint))
        return { kind: 'changed', reason: 'still being written' };
      return await context.buffers.use((buffer) => carryOpen(context, path, opened, options, buffer));
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
  { handle, fingerprint: before }: OpenFile,
  options: CarryOptions,
  buffer: Buffer,
): Promise<Outcome> {
  const openedAt = performance.now();
  if (before.size > defaults.PUT_BLOB_LIMIT_BYTES) {
    return { kind: 'rejected', reason: `${before.size} bytes, more than Blob takes at once (5000 MiB)` };
  }
  const problem = await incompleteness(path, handle, before.size);
  if (problem !== undefined && options.asItIs !== true)
    return { kind: 'incomplete', reason: problem, fingerprint: before };
  const contents = await readContents(handle, before.size, SNIFF_BYTES, buffer);
  if (contents === undefined) return { kind: 'changed', reason: 'became shorter while it was read' };

  const put = await putOnce(context, { name: path, file: handle, length: before.size, contents }, options);
  if (put === 'conflict') return moveToConflicts(context, path, before);
  const durable: Durable = {
    kind: 'durable',
    bytes: before.size,
    uploaded: put !== 'there',
    ...(problem === undefined ? {} : { asItIs: problem }),
  };
  const after = await fingerprintAfter(context, path, handle, before, openedAt);
  // Another instance may have been faster to rename. What matters is that these contents are in Blob.
  if (after === undefined) return durable;
  if (!sameFile(before, after)) {
    if (put !== 'there') await removeCreatedBlob(context, path, put);
    return { kind: 'changed', reason: 'changed while it was uploaded' };
  }
  return { ...durable, ...(await moveToSynced(context, path, before, contents.md5, put !== 'there')) };
}

/**
 * The fingerprint after the upload; undefined when the file is gone. Nothing is put in the place of a file of the application, so
 * what is open is asked first, without the thread pool: the kernel knows it for a second, also on a network share.
 */
async function fingerprintAfter(
  { folders }: CarryContext,
  path: string,
  { fd }: FileHandle,
  before: Fingerprint,
  openedAt: number,
): Promise<Fingerprint | undefined> {
  if (isUlidName(path) && performance.now() - openedAt < KNOWN_MS) {
    const now = fingerprintOf(fstatSync(fd));
    if (sameFile(before, now)) return now;
  }
  return currentFingerprint(join(folders.outbox, path));
}

/** Files of the application are complete when they appear, except that an empty image is none. */
async function incompleteness(path: string, file: FileHandle, size: number): Promise<string | undefined> {
  if (!isUlidName(path)) return structureProblem(path, file, size);
  return size === 0 && imageByExtension(path) !== undefined ? 'an empty image' : undefined;
}

/** Uploads to a free name. `there` when Blob has these contents, `conflict` when it has others under this name. */
async function putOnce(
  context: CarryContext,
  file: FileContents,
  { probablyThere }: CarryOptions,
): Promise<Put | 'there' | 'conflict'> {
  const { name, length, contents } = file;
  const isThere = (): Promise<boolean> => blobHas(context, name, length, contents.md5);
  if (probablyThere === true) {
    const known = await isThere().catch((error: unknown) => failsWith(error, 'missing'));
    if (known === true) return 'there';
  }
  // Names of the application are never used again, so their blobs never change.
  const madeBy = isUlidName(name) ? undefined : await context.outboxId();
  const put = await upload(context, file, madeBy === undefined ? {} : { madeBy }).catch((error: unknown) =>
    failsWith(error, 'exists'),
  );
  if (put !== undefined) return put;
  return (await isThere()) ? 'there' : 'conflict';
}

/** Undefined for a failure of this kind. Throws every other error. */
function failsWith(error: unknown, kind: BlobFailure['kind']): undefined {
  if (!(error instanceof BlobFailure) || error.kind !== kind) throw error;
  return undefined;
}

/** Removes the blob that this attempt has created, because its file has changed. */
async function removeCreatedBlob({ breaker, store }: CarryContext, name: string, put: Put): Promise<void> {
  try {
    await breaker.request((signal) => store.remove(name, put.etag, signal));
  } catch {
    // Then the next attempt finds other contents under this name: a conflict, and still nothing is lost.
  }
}

async function moveToConflicts({ folders }: CarryContext, path: string, before: Fingerprint): Promise<Outcome> {
  const now = await currentFingerprint(join(folders.outbox, path));
  if (now === undefined) return { kind: 'gone' };
  if (!sameFile(before, now)) return { kind: 'changed', reason: 'changed while it was compared' };
  const movedTo = await moveAside(join(folders.outbox, path), folders.conflicts, path);
  return movedTo === undefined ? { kind: 'gone' } : { kind: 'conflict', movedTo };
}

/**
 * Renames the file into `synced`. A file that stands there with other contents is moved to conflicts. What cannot be moved
 * stays in the outbox, which is no harm, because it is in Blob.
 */
async function moveToSynced(
  context: CarryContext,
  path: string,
  before: Fingerprint,
  md5: Buffer,
  uploaded: boolean,
): Promise<Pick<Durable, 'unmoved' | 'synced'>> {
  const { folders } = context;
  const target = join(folders.synced, path);
  try {
    // A name of the application that Blob did not have until now cannot be in synced, so nothing has to be looked for.
    if (!uploaded || !isUlidName(path)) {
      const obstacle = await clearTarget(context, path, before.size, md5);
      if (obstacle !== undefined) return { unmoved: `in Blob, but ${obstacle} has its place in synced` };
    }
    await move(join(folders.outbox, path), target);
  } catch (error) {
    return { unmoved: `in Blob, but cannot be moved to synced: ${systemCode(error) || reasonOf(error)}` };
  }
  if (isUlidName(path)) return {};
  const synced = await currentFingerprint(target).catch(() => undefined);
  return synced !== undefined && sameBytes(before, synced) ? { synced } : {};
}

/** Makes room in `synced`. Returns what cannot be moved from there. */
async function clearTarget(
  { folders }: CarryContext,
  path: string,
  size: number,
  md5: Buffer,
): Promise<string | undefined> {
  await removeEmptyFolders(join(folders.synced, path));
  const there = await openRegularFile(folders.synced, path);
  if (there.kind === 'refused' || there.kind === 'unreadable') return there.reason;
  if (there.kind === 'gone') return undefined;
  try {
    const same = there.fingerprint.size === size && (await digest(there.handle, size))?.md5.equals(md5) === true;
    if (!same) await moveAside(join(folders.synced, path), folders.conflicts, path);
    return undefined;
  } finally {
    await there.handle.close();
  }
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof BlobFailure)) return { kind: 'unreadable', reason: systemCode(error) || reasonOf(error) };
  if (error.kind === 'changed') return { kind: 'changed', reason: error.message };
  if (error.kind === 'rejected') return { kind: 'rejected', reason: error.message };
  // `missing` is a blob that disappeared between two requests. The next attempt uploads it.
  const { message, kind, retryAfterMs } = error;
  return { kind: 'failed', reason: message, unavailable: kind === 'unavailable', retryAfterMs };
}
