import type { WantedContainer } from '../../lib/wanted.ts';
import type { HistoryEntry } from '../store/history.ts';

/**
 * Says when a site container would go back to an image that an earlier release had, for example because the digest of another
 * checkout was configured. Undefined for an image that history does not know, and for the one that is live.
 */
export function olderImage(
  entries: readonly HistoryEntry[],
  live: HistoryEntry | undefined,
  wanted: readonly WantedContainer[],
): string | undefined {
  if (live === undefined) return undefined;
  for (const { name, properties } of wanted) {
    const now = imageOf(live, name);
    if (now === undefined || now === properties.image) continue;
    const earlier = entries.findLast(
      (entry) =>
        entry.startedAt < live.startedAt && entry.outcome !== 'refused' && imageOf(entry, name) === properties.image,
    );
    if (earlier === undefined) continue;
    return `the image that is wanted for ${name} is older than the one that is live: ${earlier.version} of ${earlier.startedAt} had it (${String(properties.image)}); ./slipway image sets the digest of this commit`;
  }
  return undefined;
}

function imageOf({ siteContainers }: Pick<HistoryEntry, 'siteContainers'>, name: string): unknown {
  return siteContainers.find((container) => container.name === name)?.properties.image;
}
