/** MD5 of each file, in base64, by its name. */
export type MediaDigests = ReadonlyMap<string, string>;

export interface MediaComparison {
  readonly files: number;
  /** Restored with other bytes than the snapshot had, or not at all. */
  readonly different: readonly string[];
  /** In production at the end of the drill and not, or not so, in what was restored: written after the snapshots. */
  readonly lost: readonly string[];
}

export function compareMedia(expected: MediaDigests, restored: MediaDigests, atEnd: MediaDigests): MediaComparison {
  const names = new Set([...expected.keys(), ...restored.keys()]);
  return {
    files: restored.size,
    different: [...names].filter((name) => expected.get(name) !== restored.get(name)).sort(),
    lost: [...atEnd].flatMap(([name, md5]) => (expected.get(name) === md5 ? [] : [name])).sort(),
  };
}
