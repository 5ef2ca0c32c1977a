import type { HistoryEntry } from './history.ts';
import { hasConfiguration } from './slot-configuration.ts';

/** It was live or proven, so its package and configuration can be put up again. */
export function isStored({ outcome }: HistoryEntry): boolean {
  return outcome === 'live' || outcome === 'verified';
}

/** The same package with the same configuration: nothing would change between the two. */
export function isSame(a: HistoryEntry, b: HistoryEntry): boolean {
  return a.version === b.version && hasConfiguration(a, b);
}

/** The entry whose package and configuration this one put live: itself, unless it went back to an earlier one. */
export function originOf(history: readonly HistoryEntry[], entry: HistoryEntry): HistoryEntry {
  if (entry.kind !== 'rollback') return entry;
  const older = olderThan(history, entry).filter(({ kind }) => kind !== 'rollback');
  const origin =
    entry.restored === undefined
      ? older.findLast((candidate) => isStored(candidate) && candidate.version === entry.version)
      : older.find(({ id }) => id === entry.restored);
  return origin ?? entry;
}

/**
 * What a rollback of `live` returns to: what it replaced when it was released, however often that was released again
 * without a change. So several rollbacks in a row go further and further back.
 */
export function entryBefore(history: readonly HistoryEntry[], live: HistoryEntry): HistoryEntry | undefined {
  for (let entry = originOf(history, live); ; ) {
    const replaced = replacedBy(history, entry);
    if (replaced === undefined) return undefined;
    entry = originOf(history, replaced);
    if (!isSame(entry, live)) return entry;
  }
}

/** Lines without `replaced` were written before there was such a field. */
function replacedBy(history: readonly HistoryEntry[], entry: HistoryEntry): HistoryEntry | undefined {
  const older = olderThan(history, entry);
  return entry.replaced === undefined
    ? older.findLast((candidate) => isStored(candidate) && candidate.version === entry.from)
    : older.find(({ id }) => id === entry.replaced);
}

function olderThan(history: readonly HistoryEntry[], { id }: HistoryEntry): readonly HistoryEntry[] {
  return history.slice(
    0,
    history.findIndex((entry) => entry.id === id),
  );
}
