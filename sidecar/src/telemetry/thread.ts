import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { metrics } from '@opentelemetry/api';
import { reasonOf } from '../coded-error.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';
import { type ReadableSpan, readableSpan } from './readable-span.ts';

// Well over a thousand files: required they take less processor time than imported, and less memory.
const require = createRequire(import.meta.url);
const { shutdownAzureMonitor, useAzureMonitor } =
  require('@azure/monitor-opentelemetry') as typeof import('@azure/monitor-opentelemetry');
const { AzureMonitorTraceExporter } =
  require('@azure/monitor-opentelemetry-exporter') as typeof import('@azure/monitor-opentelemetry-exporter');

/**
 * The telemetry thread. It is a thread so that nothing in it can hurt the sync: not the half second it takes to load, not
 * a rejection that the exporter lets escape, not its memory. What falls over here takes down this thread, and the relay
 * starts another.
 */
const GAUGES_GOOD_FOR_MS = 90_000;

const data = workerData as ThreadData;
const role = {
  'service.name': data.serviceName,
  'service.instance.id': data.instance,
  'service.version': data.version,
};
const exporterOptions = { connectionString: data.connectionString, disableOfflineStorage: true };

// Read by the distribution when it starts.
process.env.OTEL_METRIC_EXPORT_INTERVAL = String(data.exportMs);
process.env.OTEL_RESOURCE_ATTRIBUTES = Object.entries(role)
  .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
  .join(',');
process.env.APPLICATION_INSIGHTS_NO_STATSBEAT = '1';
process.env.APPLICATIONINSIGHTS_STATSBEAT_DISABLED = '1';

useAzureMonitor({
  azureMonitorExporterOptions: exporterOptions,
  enableLiveMetrics: false,
  enableStandardMetrics: false,
  enablePerformanceCounters: false,
  // The sidecar makes its own spans; patched modules would be those of this thread, which does no work.
  instrumentationOptions: {
    azureSdk: { enabled: false },
    http: { enabled: false },
    mongoDb: { enabled: false },
    mySql: { enabled: false },
    postgreSql: { enabled: false },
    redis: { enabled: false },
    redis4: { enabled: false },
  },
});
const exporter = new AzureMonitorTraceExporter(exporterOptions);
const meter = metrics.getMeter('slipway');
const known = new Set<string>();
let gauges: Readonly<Record<string, number>> = {};
let gaugesAtMs = 0;

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'gauges') keep(message.gauges);
  else if (message.kind === 'spans')
    send(
      message.spans.map((span) => readableSpan(span, role)),
      message.bytes,
    );
  else void stop();
});
tell({ kind: 'ready' });

/** The values of the moment. When the sync stops telling them the metric ends, and its absence raises an alert. */
function keep(values: Readonly<Record<string, number>>): void {
  gauges = values;
  gaugesAtMs = Date.now();
  for (const name of Object.keys(values)) {
    if (known.has(name)) continue;
    known.add(name);
    meter.createObservableGauge(name).addCallback((result) => {
      const value = gauges[name];
      if (value !== undefined && Date.now() - gaugesAtMs < GAUGES_GOOD_FOR_MS)
        result.observe(value, { slot: data.slot });
    });
  }
}

function send(spans: ReadableSpan[], bytes: number): void {
  let told = false;
  // The exporter may call back twice, or not at all and reject.
  const once = (error: unknown): void => {
    if (told) return;
    told = true;
    tell(
      error === undefined
        ? { kind: 'sent', count: spans.length, bytes }
        : { kind: 'lost', count: spans.length, bytes, reason: reasonOf(error) },
    );
  };
  exporter
    .export(spans, ({ code, error }) => once(code === 0 ? undefined : (error ?? new Error('not accepted'))))
    .then(() => once(undefined), once);
}

/** The relay sees to it that this does not take for ever. */
async function stop(): Promise<void> {
  await Promise.allSettled([exporter.shutdown(), shutdownAzureMonitor()]);
  process.exit(0);
}

function tell(message: FromThread): void {
  parentPort?.postMessage(message);
}
