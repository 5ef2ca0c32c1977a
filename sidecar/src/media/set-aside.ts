import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../coded-error.ts';
import type { Folders } from './folders.ts';
import { exists, moveAside } from './moves.ts';

export type SetAside =
  | { readonly kind: 'set aside'; readonly movedTo: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'invalid'; readonly reason: string };

/**
 * Moves a file or folder out of the outbox, or out of conflicts, so that no drain waits for it and no report names it. It is
 * not deleted. Names that are never carried are allowed, because they are reported too.
 */
export async function setAside(folders: Folders, name: string): Promise<SetAside> {
  // The status names a folder with a `/` at its end.
  const path = name.endsWith('/') ? name.slice(0, -1) : name;
  const reason = traversalProblem(path);
  if (reason !== undefined) return { kind: 'invalid', reason };
  for (const root of [folders.outbox, folders.conflicts]) {
    if (!(await isDirectlyBelow(root, path))) continue;
    const movedTo = await moveAside(join(root, path), folders.setAside, path);
    if (movedTo !== undefined) return { kind: 'set aside', movedTo };
  }
  return { kind: 'unknown' };
}

function traversalProblem(path: string): string | undefined {
  if (path.includes('\0')) return 'a NUL character in the name';
  return path.split('/').some((segment) => ['', '.', '..'].includes(segment))
    ? 'an empty, . or .. path segment'
    : undefined;
}

/** True when the path exists and no folder on the way is a symbolic link. */
async function isDirectlyBelow(root: string, path: string): Promise<boolean> {
  try {
    const folder = dirname(path);
    const isDirect = (await realpath(join(root, folder))) === join(await realpath(root), folder);
    return isDirect && (await exists(join(root, path)));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(systemCode(error))) return false;
    throw error;
  }
}
