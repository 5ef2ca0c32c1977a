import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { systemCode } from '../coded-error.ts';

/**
 * The properties by which a changed or replaced file is recognised. Programs can set the modification time back, but not
 * the change time.
 */
export interface Fingerprint {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
}

export function fingerprintOf({ size, mtimeMs, ctimeMs, ino }: Fingerprint | Stats): Fingerprint {
  return { size, mtimeMs, ctimeMs, ino };
}

export function sameFile(a: Fingerprint, b: Fingerprint): boolean {
  return a.ctimeMs === b.ctimeMs && sameBytes(a, b);
}

/** The same as `sameFile` for a file that was renamed in between, which sets its change time. */
export function sameBytes(a: Fingerprint, b: Fingerprint): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ino === b.ino;
}

/** The fingerprint of the file at a path now; undefined when there is none. */
export async function currentFingerprint(path: string): Promise<Fingerprint | undefined> {
  try {
    return fingerprintOf(await lstat(path));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
