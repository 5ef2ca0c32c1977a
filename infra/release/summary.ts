import { type HistoryEntry, lastLive, releaseOf, storedVersion } from './history.ts';
import { accessTo } from './session.ts';
import type { ReleaseTarget } from './target.ts';

/** What `slipway status` shows of releases. */
export interface ReleaseSummary {
  readonly lastRelease:
    | Pick<HistoryEntry, 'version' | 'kind' | 'outcome' | 'who' | 'startedAt' | 'ms' | 'requests'>
    | undefined;
  readonly rollback: { readonly version: string; readonly kind: 'swap' | 'stage' } | undefined;
}

/** Reads the history and asks staging; changes nothing. */
export async function summarizeReleases(target: ReleaseTarget): Promise<ReleaseSummary> {
  const { history, staging, production } = accessTo(target);
  const [entries, inStaging, live] = await Promise.all([history.read(), staging.version(), production.version()]);
  const last = entries.at(-1);
  const current = live?.version ?? lastLive(entries)?.version;
  const before = current === undefined ? undefined : releaseOf(entries, current)?.from;
  const stored = before === undefined ? undefined : storedVersion(entries, before);
  return {
    lastRelease: last === undefined ? undefined : summaryOf(last),
    rollback:
      stored === undefined
        ? undefined
        : { version: stored.version, kind: inStaging?.version === stored.version ? 'swap' : 'stage' },
  };
}

function summaryOf({ version, kind, outcome, who, startedAt, ms, requests }: HistoryEntry) {
  return { version, kind, outcome, who, startedAt, ms, requests };
}
