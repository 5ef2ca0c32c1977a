import type { Reach } from './blob/circuit-breaker.ts';
import type { OutboxCount } from './media/count-outbox.ts';
import type { Tally } from './media/counters.ts';
import type { Stuck } from './media/waitlist.ts';

export interface Conflicts {
  readonly names: readonly string[];
  readonly count: number;
}

/** What `/status` answers, and what the heartbeat carries without its lists. */
export interface Status {
  readonly version: string;
  readonly node: string;
  readonly slot: string;
  readonly instance: string;
  readonly startedAt: string;
  readonly ready: boolean;
  readonly problem?: string;
  readonly blob: { readonly state: string; readonly reason?: string; readonly lastAnswerAt: string | null };
  readonly media: {
    readonly pending: number;
    readonly oldestSeconds: number;
    readonly synced: number;
    readonly stuckCount: number;
    readonly stuck: readonly Stuck[];
    readonly conflictCount: number;
    readonly conflicts: readonly string[];
    readonly inHand: number;
  };
  readonly rates: { readonly filesPerSecond: number; readonly bytesPerSecond: number };
  readonly counts: Readonly<Record<string, number>>;
  readonly lastSuccessAt: string | null;
  readonly lastFailure: string | null;
  readonly others: number;
  readonly warnings: readonly string[];
}

export interface StatusParts {
  readonly version: string;
  readonly slot: string;
  readonly instance: string;
  readonly startedAtMs: number;
  readonly problem: string | undefined;
  readonly ready: boolean;
  readonly reach: Reach;
  readonly tally: Tally;
  readonly outbox: OutboxCount;
  readonly conflicts: Conflicts;
  readonly synced: number;
  readonly inHand: number;
  readonly others: number;
  readonly extraCounts: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

export function statusOf(parts: StatusParts): Status {
  const { reach, tally, outbox, conflicts } = parts;
  return {
    version: parts.version,
    node: process.versions.node,
    slot: parts.slot,
    instance: parts.instance,
    startedAt: new Date(parts.startedAtMs).toISOString(),
    ready: parts.ready,
    ...(parts.problem === undefined ? {} : { problem: parts.problem }),
    blob: {
      state: reach.state,
      ...(reach.reason === '' ? {} : { reason: reach.reason }),
      lastAnswerAt: timeOrNull(reach.lastAnswerMs),
    },
    media: {
      pending: outbox.pending,
      oldestSeconds: outbox.oldestSeconds,
      synced: parts.synced,
      stuckCount: outbox.stuckCount,
      stuck: outbox.stuck,
      conflictCount: conflicts.count,
      conflicts: conflicts.names,
      inHand: parts.inHand,
    },
    rates: tally.rates(),
    counts: { ...tally.counts, ...parts.extraCounts },
    lastSuccessAt: timeOrNull(tally.lastSuccessMs),
    lastFailure: tally.lastFailure === '' ? null : tally.lastFailure,
    others: parts.others,
    warnings: parts.warnings,
  };
}

/** What the Redis key of an instance holds: the status without its lists. */
export function summaryOf(status: Status): unknown {
  const { stuck: _stuck, conflicts: _conflicts, ...media } = status.media;
  return { ...status, media };
}

function timeOrNull(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString();
}
