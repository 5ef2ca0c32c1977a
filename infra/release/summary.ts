import { type HistoryEntry, lastLive, releaseOf, storedVersion } from './history.ts';
import { inspectLock, type LockContent, lockName } from './lock.ts';
import { describeOwner, hasEnded } from './owner.ts';
import { accessTo } from './session.ts';
import type { ReleaseTarget } from './target.ts';
import type { RunningVersion } from './web-slot.ts';

/** What `slipway status` shows of releases. */
export interface ReleaseSummary {
  readonly lastRelease: LastRelease | null;
  readonly rollback: { readonly version: string; readonly kind: 'swap' | 'stage' } | null;
  /** A command that changes the slots now, or one that was killed and waits to be healed by the next. */
  readonly inProgress: string | null;
  readonly versions: Readonly<Record<'production' | 'staging', RunningVersion | null>>;
}

export type LastRelease = Pick<HistoryEntry, 'version' | 'kind' | 'outcome' | 'who' | 'startedAt' | 'ms' | 'requests'>;

/** Reads the history and asks the slots; changes nothing. */
export async function summarizeReleases(target: ReleaseTarget): Promise<ReleaseSummary> {
  const { history, staging, production } = accessTo(target);
  const [entries, inStaging, live, lock] = await Promise.all([
    history.read(),
    staging.version(),
    production.version(),
    inspectLock(target.releases, lockName(target.stack)),
  ]);
  const last = entries.at(-1);
  const current = live?.version ?? lastLive(entries)?.version;
  const before = current === undefined ? undefined : releaseOf(entries, current)?.from;
  const stored = before === undefined ? undefined : storedVersion(entries, before);
  const rollback = (version: string) => ({ version, kind: inStaging?.version === version ? 'swap' : 'stage' }) as const;
  return {
    lastRelease: last === undefined ? null : lastRelease(last),
    rollback: stored === undefined ? null : rollback(stored.version),
    inProgress: lock === undefined ? null : describeLock(lock),
    versions: { production: live ?? null, staging: inStaging ?? null },
  };
}

function lastRelease({ version, kind, outcome, who, startedAt, ms, requests }: HistoryEntry): LastRelease {
  return { version, kind, outcome, who, startedAt, ms, requests };
}

function describeLock({ owner, intent }: LockContent): string | null {
  if (owner === undefined) return null;
  const at = intent === undefined ? '' : `, at "${intent.phase}" of version ${intent.entry.version}`;
  return hasEnded(owner)
    ? `left behind by ${describeOwner(owner)}${at}: the next release or rollback heals it`
    : `${describeOwner(owner)}${at}`;
}
