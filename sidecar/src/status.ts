import type { Reach } from './blob/circuit-breaker.ts';
import type { Metric } from './http/metrics-text.ts';
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

/** Metrics of Application Insights. The alerts of infra/program name them. */
export function gaugesOf(status: Status): Record<string, number> {
  return {
    // Being sent at all is the heartbeat: its absence raises an alert.
    slipway_sidecar_ready: status.ready ? 1 : 0,
    slipway_blob_up: status.blob.state === 'away' ? 0 : 1,
    slipway_media_pending: status.media.pending,
    slipway_media_oldest_seconds: status.media.oldestSeconds,
    slipway_media_stuck: status.media.stuckCount,
    slipway_media_conflicts: status.media.conflictCount,
  };
}

/** The same figures for Prometheus. */
export function metricsOf(status: Status): Metric[] {
  const gauge = (name: string, help: string, value: number): Metric => ({
    name: `slipway_${name}`,
    help,
    type: 'gauge',
    value,
  });
  const counter = (name: string, help: string, key: string): Metric => ({
    name: `slipway_${name}_total`,
    help,
    type: 'counter',
    value: status.counts[key] ?? 0,
  });
  const { media } = status;
  return [
    gauge('sidecar_ready', '1 when the sidecar carries files.', status.ready ? 1 : 0),
    gauge(
      'blob_up',
      '1 when Blob answers, 0 when it is away, -1 before the first answer.',
      { up: 1, away: 0 }[status.blob.state] ?? -1,
    ),
    gauge('media_pending', 'Files in the outbox that are on their way.', media.pending),
    gauge('media_oldest_seconds', 'Age of the oldest of them.', media.oldestSeconds),
    gauge('media_stuck', 'Files that cannot be carried; /status has the reasons.', media.stuckCount),
    gauge('media_conflicts', 'Files whose name holds other contents in Blob.', media.conflictCount),
    gauge('media_synced', 'Files kept in synced.', media.synced),
    gauge('media_in_hand', 'Files being carried at this moment.', media.inHand),
    gauge('sidecar_others', 'Other instances on the same outbox.', status.others),
    gauge('sidecar_resident_bytes', 'Resident memory.', process.memoryUsage.rss()),
    counter('media_uploaded', 'Files uploaded.', 'uploaded'),
    counter('media_uploaded_bytes', 'Bytes uploaded.', 'uploadedBytes'),
    counter('media_already_there', 'Files that Blob had already.', 'alreadyThere'),
    counter('media_conflicts', 'Files moved to conflicts.', 'conflicts'),
    counter('media_failures', 'Failed attempts.', 'failures'),
    counter('media_asked_missing', 'Files asked for that were not in the outbox.', 'askedMissing'),
    counter('media_removed_from_synced', 'Files removed after retention.', 'removedFromSynced'),
    counter('traces_sent', 'Spans sent on to Application Insights.', 'spansSent'),
    counter('traces_dropped', 'Spans dropped: the queue was full, or they could not be sent.', 'spansDropped'),
  ];
}

function timeOrNull(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString();
}
