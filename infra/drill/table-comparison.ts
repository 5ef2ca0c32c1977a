/** What a table held in one consistent snapshot. */
export interface TableDigest {
  readonly rows: number;
  /** Of `CHECKSUM TABLE … EXTENDED`: reads every row. `NULL` when the server could not read the table. */
  readonly checksum: string;
}

export type TableDigests = ReadonlyMap<string, TableDigest>;

/** `unproven`: the table was written while it was dumped, so nothing says what the dump should hold. */
export type TableVerdict = 'equal' | 'different' | 'unproven';

export interface TableComparison {
  readonly table: string;
  /** In the restored database. */
  readonly rows: number;
  readonly checksum: string;
  readonly verdict: TableVerdict;
  /** Rows that the restored table has less than production had at the end of the drill: written after the dump. */
  readonly lostRows: number;
  /** The table changed in production after the dump; rows that were only altered are not in `lostRows`. */
  readonly changedSince: boolean;
}

export interface DigestsOverTime {
  readonly beforeDump: TableDigests;
  readonly afterDump: TableDigests;
  readonly restored: TableDigests;
  /** Production at the end of the drill. */
  readonly atEnd: TableDigests;
}

/**
 * Compares the restored tables with production. The dump is a snapshot of a moment between two digests, so a table that is equal
 * in both has to be restored exactly; one that differs between them was written meanwhile.
 */
export function compareTables(digests: DigestsOverTime): TableComparison[] {
  const { beforeDump, afterDump, restored, atEnd } = digests;
  const tables = new Set([...beforeDump.keys(), ...afterDump.keys(), ...restored.keys()]);
  return [...tables].sort().map((table) => {
    const found = restored.get(table);
    const end = atEnd.get(table);
    return {
      table,
      rows: found?.rows ?? 0,
      checksum: found?.checksum ?? 'NULL',
      verdict: verdictOf(found, beforeDump.get(table), afterDump.get(table)),
      lostRows: Math.max(0, (end?.rows ?? 0) - (found?.rows ?? 0)),
      changedSince: !isSame(end, found),
    };
  });
}

function verdictOf(
  restored: TableDigest | undefined,
  before: TableDigest | undefined,
  after: TableDigest | undefined,
): TableVerdict {
  if (restored?.checksum === 'NULL') return 'different';
  if (isSame(restored, before) || isSame(restored, after)) return 'equal';
  return isSame(before, after) ? 'different' : 'unproven';
}

function isSame(one: TableDigest | undefined, other: TableDigest | undefined): boolean {
  return one?.rows === other?.rows && one?.checksum === other?.checksum;
}
