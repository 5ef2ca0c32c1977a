import { describeHealth, readHealth } from './appservice/health.ts';
import type { RunningVersion, WebSlot } from './appservice/web-slot.ts';
import { readWaitingRows, type WaitingRows } from './media/media-state.ts';
import { type DeclaredState, readDeclared } from './phases/live-declaration.ts';
import { accessTo } from './phases/session.ts';
import { driftOfLive } from './settings-drift.ts';
import type { HistoryEntry } from './store/history.ts';
import { entryBefore } from './store/lineage.ts';
import { inspectLock, type LockContent, lockName } from './store/lock.ts';
import { describeOwner, hasEnded } from './store/owner.ts';
import { productionStateOf } from './store/production-state.ts';
import { misplacedEntry } from './store/rollback-target.ts';
import { sealForLooking } from './store/seal.ts';
import { hasConfiguration, readConfiguration } from './store/slot-configuration.ts';
import type { ReleaseTarget } from './target/target.ts';

/** What `slipway status` shows of releases. */
export interface ReleaseSummary {
  readonly lastRelease: LastRelease | null;
  /** What a rollback would bring back, the id of that entry of history, and how. */
  readonly rollback: { readonly version: string; readonly entry: string; readonly kind: 'swap' | 'stage' } | null;
  /** A command that changes the slots now, or one that was killed and waits to be healed by the next. */
  readonly inProgress: string | null;
  /** Rows of images that wait for the database, by slot; null for a slot that cannot be asked. */
  readonly rows: Readonly<Record<'production' | 'staging', WaitingRows | null>>;
  /** Workers and schedule of production, by instance; null when it cannot be asked. */
  readonly workers: DeclaredState | null;
  readonly versions: Readonly<Record<'production' | 'staging', RunningVersion | null>>;
  /** What deep health of production finds amiss; null when nothing is, or it cannot be asked. */
  readonly findings: string | null;
  /** What production has otherwise than the release that is live wrote it; null while that cannot be said. */
  readonly drift: readonly string[] | null;
}

export type LastRelease = Pick<HistoryEntry, 'version' | 'kind' | 'outcome' | 'who' | 'startedAt' | 'ms' | 'requests'>;

/** Reads the history and asks the slots; changes nothing. */
export async function summarizeReleases(target: ReleaseTarget): Promise<ReleaseSummary> {
  const { history, staging, production, appService } = accessTo(target, await sealForLooking(target));
  // Whoever only looks may not be allowed to read settings; versions then have to do.
  const configurationOf = (slot: 'production' | 'staging') =>
    readConfiguration(appService, slot).catch(() => undefined);
  const rowsOf = (slot: WebSlot) =>
    target.tokens().then(
      ({ release }) => readWaitingRows(slot, release),
      () => undefined,
    );
  const workersOf = (slot: WebSlot) =>
    target.tokens().then(
      (tokens) => readDeclared({ production: slot, tokens }),
      () => undefined,
    );
  const [entries, inStaging, running, lock, configuration, staged, rows, stagingRows, workers, health] =
    await Promise.all([
      history.read(),
      staging.version(),
      production.version(),
      inspectLock(target.releases, lockName(target.stack)),
      configurationOf('production'),
      configurationOf('staging'),
      rowsOf(production),
      rowsOf(staging),
      workersOf(production),
      readHealth(production),
    ]);
  const last = entries.at(-1);
  const live = productionStateOf(entries, running, configuration);
  const before =
    misplacedEntry(live, inStaging, staged) ??
    (live?.entry === undefined ? undefined : entryBefore(entries, live.entry));
  const wayTo = (entry: HistoryEntry): 'swap' | 'stage' =>
    inStaging?.version === entry.version && staged !== undefined && hasConfiguration(staged, entry) ? 'swap' : 'stage';
  const inProgress = lock === undefined ? null : describeLock(lock);
  return {
    lastRelease: last === undefined ? null : lastRelease(last),
    rollback: before === undefined ? null : { version: before.version, entry: before.id, kind: wayTo(before) },
    inProgress,
    rows: { production: rows ?? null, staging: stagingRows ?? null },
    workers: workers ?? null,
    versions: { production: running ?? null, staging: inStaging ?? null },
    findings: health.status === 'pass' || health.checks.size === 0 ? null : describeHealth(health),
    // A command that changes the slots makes differences that are none.
    drift: inProgress === null ? driftOfLive(entries, running?.version, configuration) : null,
  };
}

function lastRelease({ version, kind, outcome, who, startedAt, ms, requests }: HistoryEntry): LastRelease {
  return { version, kind, outcome, who, startedAt, ms, requests };
}

function describeLock({ owner, intent, damaged }: LockContent): string | null {
  if (damaged) return 'the lock cannot be read: the next release or rollback takes it, unless somebody is at work';
  if (owner === undefined) return null;
  const at = intent === undefined ? '' : `, at "${intent.phase}" of version ${intent.entry.version}`;
  return hasEnded(owner)
    ? `left behind by ${describeOwner(owner)}${at}: the next release or rollback heals it`
    : `${describeOwner(owner)}${at}`;
}
