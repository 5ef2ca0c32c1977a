import { join } from 'node:path';
import { BlobFailure } from '../blob/failure.ts';
import type { BlobFacts } from '../blob/store.ts';
import { type FileContents, matches, upload } from './blob-contents.ts';
import type { CarryContext } from './carry-context.ts';
import { SNIFF_BYTES } from './content-type.ts';
import { readContents } from './digest.ts';
import { currentFingerprint, type Fingerprint, sameFile } from './fingerprint.ts';
import { moveAside } from './moves.ts';
import { type OpenFile, openRegularFile } from './open-regular-file.ts';
import { structureProblem } from './structure.ts';

/**
 * How a file in `synced` and its blob were brought together:
 * - `same`: the blob has the contents of the file; `replaced`: it has them now;
 * - `conflict`: the blob was made by others and has other contents; the file was moved to conflicts;
 * - `changing`: the file is being written, or cannot be read; `gone`: it is no longer in `synced`.
 */
export type Reconciled =
  | { readonly kind: 'same' | 'replaced'; readonly fingerprint: Fingerprint }
  | { readonly kind: 'conflict'; readonly movedTo: string }
  | { readonly kind: 'changing'; readonly reason: string }
  | { readonly kind: 'gone' };

const CHANGING: Reconciled = { kind: 'changing', reason: 'changed while it was compared' };

/**
 * Compares a file in `synced` with its blob. A writer that paused may have changed the file after it was carried; then the
 * blob is replaced, if this outbox made it. Throws BlobFailure when Blob cannot be asked.
 */
export async function reconcile(
  context: CarryContext,
  path: string,
  options: { readonly evenIncomplete: boolean },
): Promise<Reconciled> {
  const opened = await openRegularFile(context.folders.synced, path);
  if (opened.kind === 'gone') return opened;
  if (opened.kind !== 'open') return { kind: 'changing', reason: opened.reason };
  try {
    return await context.buffers.use((buffer) => reconcileOpen(context, path, opened, options.evenIncomplete, buffer));
  } finally {
    await opened.handle.close();
  }
}

async function reconcileOpen(
  context: CarryContext,
  path: string,
  { handle, fingerprint }: OpenFile,
  evenIncomplete: boolean,
  buffer: Buffer,
): Promise<Reconciled> {
  const contents = await readContents(handle, fingerprint.size, SNIFF_BYTES, buffer);
  if (contents === undefined) return CHANGING;
  const facts = await factsOf(context, path);
  const same = facts !== undefined && (await matches(context, path, facts, fingerprint.size, contents.md5));
  if (!(await isStill(context, path, fingerprint))) return CHANGING;
  if (same) return { kind: 'same', fingerprint };
  const outbox = await context.outboxId();
  if (outbox === undefined) return { kind: 'changing', reason: 'the id of the outbox cannot be read' };
  if (facts?.madeBy !== outbox || facts.etag === undefined) return moveToConflicts(context, path);
  const problem = evenIncomplete ? undefined : await structureProblem(path, handle, fingerprint.size);
  if (problem !== undefined) return { kind: 'changing', reason: problem };
  const file: FileContents = { name: path, file: handle, length: fingerprint.size, contents };
  // It fails when another instance was faster or somebody else wrote the blob. The next comparison shows which.
  await upload(context, file, { madeBy: outbox, replaces: facts.etag });
  return (await isStill(context, path, fingerprint)) ? { kind: 'replaced', fingerprint } : CHANGING;
}

/** Undefined when there is no such blob. */
async function factsOf({ breaker, store }: CarryContext, path: string): Promise<BlobFacts | undefined> {
  try {
    return await breaker.request((signal) => store.head(path, signal));
  } catch (error) {
    if (error instanceof BlobFailure && error.kind === 'missing') return undefined;
    throw error;
  }
}

async function isStill({ folders }: CarryContext, path: string, before: Fingerprint): Promise<boolean> {
  const now = await currentFingerprint(join(folders.synced, path));
  return now !== undefined && sameFile(before, now);
}

async function moveToConflicts({ folders }: CarryContext, path: string): Promise<Reconciled> {
  const movedTo = await moveAside(join(folders.synced, path), folders.conflicts, path);
  return movedTo === undefined ? { kind: 'gone' } : { kind: 'conflict', movedTo };
}
