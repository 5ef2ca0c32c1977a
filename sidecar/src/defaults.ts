/** Every default of the sidecar, units in the names. Those with a setting name the setting. */

// Settings (see settings.ts)
export const SIDECAR_PORT = 8181;
export const MEDIA_SCAN_MS = 200;
export const MEDIA_RETENTION_HOURS = 24;
export const MEDIA_DRAIN_TIMEOUT_S = 60;
/** A caller of /drain gets no more, whatever it asks for. */
export const DRAIN_TIMEOUT_LIMIT_S = 3_600;
/** Files the scan uploads at once (MEDIA_UPLOADS). Files that were asked for have as many places of their own. */
export const MEDIA_UPLOADS = 8;
/** Callers of /carry that may wait at once (MEDIA_MAX_WAITERS), when FPM_MAX_CHILDREN is not there to take half of. */
export const MEDIA_MAX_WAITERS = 8;
/** Limit of a graceful stop (MEDIA_STOP_S); what has not ended by then is broken off. */
export const MEDIA_STOP_S = 20;

/** What was broken off at that limit gets this long to end. */
export const BROKEN_OFF_MS = 250;

// Taking files
/** A file of a foreign writer is taken after this long without change. */
export const SETTLE_MS = 2_000;
/** A file that cannot be taken is reported as stuck after this long. */
export const STUCK_AFTER_MS = 60_000;
/** A `.tmp-*` file is left alone, unreported, while younger than this. */
export const TMP_REPORT_AFTER_MS = 10 * 60_000;
/** With other instances on the same outbox: how long a fresh file is left to the instance that was asked. */
export const PEER_GRACE_MS = 1_000;
/** With other instances on the same outbox: how long a file is left to the instance its name falls to. */
export const PEER_TURN_MS = 5_000;
/** The scan of a large outbox in which nothing can be done takes at most this share of the time. */
export const SCAN_DUTY = 0.1;
export const LARGE_OUTBOX_FILES = 1_000;
/** Foreign files observed at once; the others wait their turn. */
export const SETTLING_LIMIT = 4_096;
/** Files remembered with a reason. */
export const WAITING_LIMIT = 16_384;
export const FOLDER_DEPTH_LIMIT = 64;

// Uploading
/** Files up to this size are read once, into memory; larger ones are streamed. */
export const IN_MEMORY_BYTES = 1024 * 1024;
export const STREAM_CHUNK_BYTES = 256 * 1024;
/** The largest body that one Put Blob takes: 5000 MiB, https://learn.microsoft.com/rest/api/storageservices/put-blob. */
export const PUT_BLOB_LIMIT_BYTES = 5000 * 1024 * 1024;
/** A request that neither moves nor answers for this long is given up and repeated. */
export const REQUEST_STALL_MS = 15_000;
/** Attempts made at once while the file is in hand; later ones come from the scan. */
export const ATTEMPTS_IN_HAND = 4;
export const BACKOFF_BASE_MS = 100;
export const BACKOFF_CAP_MS = 10_000;
/** Retry-After is honoured up to this. */
export const RETRY_AFTER_CAP_MS = 120_000;
/** A longer wait than this gives the upload place back. */
export const WAIT_IN_HAND_MS = 1_000;

// Blob known to be away
/** Failed answers in a row, without one good one, that mean "away". */
export const FAILURES_UNTIL_AWAY = 8;
/** Silence on a request in flight that makes the sidecar ask for a sign of life. */
export const SILENCE_MS = 2_000;
export const PROBE_TIMEOUT_MS = 1_000;
/** While Blob is away it is asked this often, give or take half. */
export const AWAY_PROBE_MS = 500;
/** Away again within this time of a sign of life is a relapse: the pause before the next one doubles, up to the cap. */
export const RELAPSE_MS = 2_000;
export const AWAY_PROBE_CAP_MS = 10_000;
/** While nothing is carried Blob is asked this often. */
export const IDLE_PROBE_MS = 5_000;

// HTTP
export const CARRY_WAIT_MS = 1_500;
export const CARRY_WAIT_LIMIT_MS = 30_000;
/** Callers of /drain at once: each looks through the outbox again and again. */
export const DRAINS_LIMIT = 8;
export const ASKED_QUEUE_LIMIT = 1_024;
export const TRACES_BODY_LIMIT_BYTES = 1024 * 1024;
/** Bodies of spans that are being received at once. */
export const TRACES_AT_ONCE = 16;
export const LISTED_LIMIT = 1_000;
/** A count of the outbox is good for ten times as long as it took, and at most this long. */
export const CENSUS_LIMIT_MS = 10_000;

// Around the sync
export const HEARTBEAT_MS = 5_000;
export const HEARTBEAT_TTL_S = 15;
export const JOURNAL_FLUSH_MS = 3_000;
export const RETENTION_SWEEP_LIMIT_MS = 15 * 60_000;
/** How often metrics are sent (OTEL_METRIC_EXPORT_INTERVAL). */
export const METRIC_EXPORT_MS = 60_000;
/** How often the telemetry thread is told the figures, at least. */
export const GAUGES_MS = 15_000;
/** Heartbeat and journal begin this long after the sync. */
export const AROUND_START_DELAY_MS = 500;
/** The telemetry thread takes most of a second of a core to load: not while the container starts. Spans wait for it. */
export const TELEMETRY_START_DELAY_MS = 5_000;
/** Spans on their way to Application Insights; more are dropped and counted. */
export const SPAN_QUEUE_LIMIT = 2_048;
/** Together they take at most as much, counted as the JSON that they came in. */
export const SPAN_QUEUE_LIMIT_BYTES = 8 * 1024 * 1024;
/** Time that telemetry gets at the end to send what it holds; less when MEDIA_STOP_S has been used up. */
export const TELEMETRY_STOP_MS = 1_000;
