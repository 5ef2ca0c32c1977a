/** Every default of the sidecar. Names hold the units; a default that is a setting names it. */

// Settings (see settings.ts)
export const SIDECAR_PORT = 8181;
/** Of Azure Managed Redis. */
export const REDIS_PORT = 10_000;
export const MEDIA_SCAN_MS = 200;
export const MEDIA_RETENTION_HOURS = 24;
export const MEDIA_DRAIN_TIMEOUT_S = 60;
/** The upper limit of the timeout that a caller of /drain may ask for. */
export const DRAIN_TIMEOUT_LIMIT_S = 3_600;
/** Files the scan uploads concurrently (MEDIA_UPLOADS). Files requested through /carry have the same number of uploads of their own. */
export const MEDIA_UPLOADS = 16;
/** Callers of /carry that may wait at once (MEDIA_MAX_WAITERS) when FPM_MAX_CHILDREN is not set; otherwise half of that. */
export const MEDIA_MAX_WAITERS = 8;
/** Limit of a graceful stop (MEDIA_STOP_S). Uploads that have not ended by then are aborted. */
export const MEDIA_STOP_S = 20;
/** A file without the end of its format is carried as it is after this long without change (MEDIA_AS_IS_S). */
export const MEDIA_AS_IS_S = 60;

/** Aborted uploads get this long to end. */
export const ABORT_WAIT_MS = 250;

// Taking files
/** A foreign file is taken after this long without change. */
export const SETTLE_MS = 2_000;
/** A file that cannot be taken is reported as stuck after this long. */
export const STUCK_AFTER_MS = 60_000;
/** Foreign files are looked at again this long after they were carried, because their writer may only have paused. */
export const LOOKS_AFTER_MS = [10_000, 60_000, 600_000] as const;
/** The interval at which files that are due for a second look are looked at. */
export const LOOKS_EVERY_MS = 1_000;
/** Files that wait for a second look. Retention compares further ones. */
export const LOOKS_LIMIT = 16_384;
/** The longest wait until another attempt to move a file that is in Blob out of the outbox. */
export const UNMOVED_CAP_MS = 10 * 60_000;
/** Warnings about single files that /status shows, the latest ones. */
export const WARNINGS_LIMIT = 20;
/** A `.tmp-*` file younger than this is not reported. */
export const TMP_REPORT_AFTER_MS = 10 * 60_000;
/** With other instances on the same outbox: how long a new file is left to the instance that PHP asked to carry it. */
export const PEER_GRACE_MS = 1_000;
/** With other instances on the same outbox: how long a file is left to the instance that the hash of its name selects. */
export const PEER_TURN_MS = 5_000;
/** The share of the time that the scan of a large outbox takes at most while no file in it can be taken. */
export const SCAN_DUTY = 0.1;
export const LARGE_OUTBOX_FILES = 1_000;
/** Foreign files observed at once. Further ones wait for their turn. */
export const SETTLING_LIMIT = 4_096;
/** Files remembered with a reason. */
export const WAITING_LIMIT = 16_384;
export const FOLDER_DEPTH_LIMIT = 64;

// Uploading
/** Files up to this size are read into memory once. Larger ones are streamed. */
export const IN_MEMORY_BYTES = 1024 * 1024;
export const STREAM_CHUNK_BYTES = 256 * 1024;
/** The largest body that one Put Blob takes: 5000 MiB, https://learn.microsoft.com/rest/api/storageservices/put-blob. */
export const PUT_BLOB_LIMIT_BYTES = 5000 * 1024 * 1024;
/** A request without progress for this long is aborted and repeated. */
export const REQUEST_STALL_MS = 15_000;
/** Attempts made in a row before the file goes back to the scan. */
export const ATTEMPTS_IN_HAND = 4;
export const BACKOFF_BASE_MS = 100;
export const BACKOFF_CAP_MS = 10_000;
/** The longest Retry-After that is honoured. */
export const RETRY_AFTER_CAP_MS = 120_000;
/** A file that has to wait longer than this goes back to the scan. */
export const WAIT_IN_HAND_MS = 1_000;

// Circuit breaker
/** Consecutive failures after which Blob counts as unavailable. */
export const FAILURE_THRESHOLD = 8;
/** Time without progress of any request in flight after which a probe is sent. */
export const SILENCE_MS = 2_000;
export const PROBE_TIMEOUT_MS = 1_000;
/** Of the first probe, which also gets a token and connects, while the sidecar and what is beside it start. */
export const FIRST_PROBE_TIMEOUT_MS = 5_000;
/** The interval of probes while Blob is unavailable, ± half. */
export const UNAVAILABLE_PROBE_MS = 500;
/** Blob flaps when it fails again within this time after a successful probe. The interval then doubles, up to the cap. */
export const FLAP_WINDOW_MS = 2_000;
export const UNAVAILABLE_PROBE_CAP_MS = 10_000;
/** The interval of probes while there are no requests. */
export const IDLE_PROBE_MS = 5_000;

// HTTP
export const CARRY_WAIT_MS = 1_500;
export const CARRY_WAIT_LIMIT_MS = 30_000;
/** Concurrent callers of /drain. Each of them walks the outbox repeatedly. */
export const DRAINS_LIMIT = 8;
export const REQUESTED_QUEUE_LIMIT = 1_024;
export const TRACES_BODY_LIMIT_BYTES = 1024 * 1024;
/** Bodies of /v1/traces that are received concurrently. */
export const TRACES_AT_ONCE = 16;
export const LISTED_LIMIT = 1_000;
/** A count of the outbox is reused for ten times as long as it took, and at most this long. */
export const COUNT_REUSE_LIMIT_MS = 10_000;

// Background tasks
export const HEARTBEAT_MS = 5_000;
/** Limit of one exchange with Redis, including the connection. */
export const HEARTBEAT_LIMIT_MS = 4_000;
export const HEARTBEAT_TTL_S = 15;
export const JOURNAL_FLUSH_MS = 3_000;
export const RETENTION_SWEEP_LIMIT_MS = 15 * 60_000;
/** How often metrics are sent (OTEL_METRIC_EXPORT_INTERVAL). */
export const METRIC_EXPORT_MS = 60_000;
/** The longest interval at which the gauges are updated. */
export const GAUGES_MS = 15_000;
/** Heartbeat and journal start this long after the sync. */
export const BACKGROUND_START_DELAY_MS = 500;
/** The exporter is loaded this long after the sync, because that takes processor time. Spans wait for it. */
export const TELEMETRY_START_DELAY_MS = 5_000;
/** The most spans that are queued or in flight. Further ones are dropped and counted. */
export const SPAN_QUEUE_LIMIT = 2_048;
/** The most bytes that they take together, counted as JSON. */
export const SPAN_QUEUE_LIMIT_BYTES = 8 * 1024 * 1024;
/** The time that telemetry gets at a stop to send what it holds; less when MEDIA_STOP_S is used up. */
export const TELEMETRY_STOP_MS = 1_000;
