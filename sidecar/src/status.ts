import type { BlobAvailability, BlobCircuitBreaker } from './blob/circuit-breaker.ts';
import type { OutboxCount } from './media/count-outbox.ts';
import type { Counters } from './media/counters.ts';
import type { Stuck } from './media/waitlist.ts';

export interface Conflicts {
  readonly names: readonly string[];
  readonly count: number;
}

/** The answer of `/status`. The heartbeat stores it without its lists. */
export interface Status {
  readonly version: string;
  readonly node: string;
  readonly slot: string;
  readonly instance: string;
  readonly startedAt: string;
  readonly ready: boolean;
  readonly problem?: string;
  readonly blob: { readonly state: BlobState; readonly reason?: string; readonly lastAnswerAt: string | null };
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

export type BlobState = 'unknown' | 'up' | 'away';

const BLOB_STATES: Readonly<Record<BlobAvailability, BlobState>> = {
  unknown: 'unknown',
  available: 'up',
  unavailable: 'away',
};

export interface StatusParts {
  readonly version: string;
  readonly slot: string;
  readonly instance: string;
  readonly startedAtMs: number;
  readonly problem: string | undefined;
  readonly ready: boolean;
  readonly breaker: BlobCircuitBreaker;
  readonly counters: Counters;
  readonly outbox: OutboxCount;
  readonly conflicts: Conflicts;
  readonly synced: number;
  readonly inHand: number;
  readonly others: number;
  readonly extraCounts: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

export function statusOf(parts: StatusParts): Status {
  const { breaker, counters, outbox, conflicts } = parts;
  return {
    version: parts.version,
    node: process.versions.node,
    slot: parts.slot,
    instance: parts.instance,
    startedAt: new Date(parts.startedAtMs).toISOString(),
    ready: parts.ready,
    ...(parts.problem === undefined ? {} : { problem: parts.problem }),
    blob: {
      state: blobState(breaker.state),
      ...(breaker.reason === '' ? {} : { reason: breaker.reason }),
      lastAnswerAt: timeOrNull(breaker.lastAnswerMs),
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
    rates: counters.rates(),
    counts: { ...counters.counts, ...parts.extraCounts },
    lastSuccessAt: timeOrNull(counters.lastSuccessMs),
    lastFailure: counters.lastFailure === '' ? null : counters.lastFailure,
    others: parts.others,
    warnings: parts.warnings,
  };
}

/** The value of an instance's Redis key: the status without its lists. */
export function summaryOf(status: Status): unknown {
  const { stuck: _stuck, conflicts: _conflicts, ...media } = status.media;
  return { ...status, media };
}

/** The value that PHP, the release tool and the alerts read in `/readyz`, `/status` and the Redis key. */
export function blobState(availability: BlobAvailability): BlobState {
  return BLOB_STATES[availability];
}

function timeOrNull(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString();
}
