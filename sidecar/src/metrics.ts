import type { Status } from './status.ts';

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly value: number;
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

/** Prometheus' text format, version 0.0.4. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics
    .map(({ name, help, type, value }) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`)
    .join('');
}
