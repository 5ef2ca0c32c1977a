import type { Stats } from 'node:fs';

/** The properties by which a changed or replaced file is recognised. */
export interface Fingerprint {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

export function fingerprintOf(stats: Pick<Stats, 'size' | 'mtimeMs' | 'ino'>): Fingerprint {
  return { size: stats.size, mtimeMs: stats.mtimeMs, ino: stats.ino };
}

export function sameFile(a: Fingerprint, b: Fingerprint): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ino === b.ino;
}
