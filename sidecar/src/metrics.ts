import type { Status } from './status.ts';

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly value: number;
}

/** The metrics sent to Application Insights. The program's alerts and workbook use these names. */
export function gaugesOf(status: Status): Record<string, number> {
  return {
    // This metric is the heartbeat: an alert fires when it is absent.
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
      '1 when Blob answers, 0 when it is unavailable, -1 before the first answer.',
      { up: 1, away: 0, unknown: -1 }[status.blob.state],
    ),
    gauge('media_pending', 'Files in the outbox that wait to be carried.', media.pending),
    gauge('media_oldest_seconds', 'Age of the oldest pending file.', media.oldestSeconds),
    gauge('media_stuck', 'Files that cannot be carried; /status has the reasons.', media.stuckCount),
    gauge('media_conflicts', 'Files whose name holds other contents in Blob.', media.conflictCount),
    gauge('media_synced', 'Files kept in synced.', media.synced),
    gauge('media_in_hand', 'Files that are being carried now.', media.inHand),
    gauge('sidecar_others', 'Other instances on the same outbox.', status.others),
    gauge('sidecar_resident_bytes', 'Resident memory.', process.memoryUsage.rss()),
    counter('media_uploaded', 'Files uploaded.', 'uploaded'),
    counter('media_uploaded_bytes', 'Bytes uploaded.', 'uploadedBytes'),
    counter('media_already_there', 'Files whose contents were already in Blob.', 'alreadyThere'),
    counter('media_conflicts', 'Files moved to conflicts.', 'conflicts'),
    counter('media_replaced', 'Blobs replaced because their files had changed after they were carried.', 'replaced'),
    counter('media_failures', 'Failed attempts.', 'failures'),
    counter('media_asked_missing', 'Files requested through /carry that were not in the outbox.', 'askedMissing'),
    counter('media_removed_from_synced', 'Files removed after retention.', 'removedFromSynced'),
    counter('traces_sent', 'Spans sent to Application Insights.', 'spansSent'),
    counter('traces_dropped', 'Spans dropped because the queue was full or they could not be sent.', 'spansDropped'),
  ];
}

/** Prometheus' text format, version 0.0.4. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics
    .map(({ name, help, type, value }) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`)
    .join('');
}
