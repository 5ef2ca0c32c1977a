import { parentPort, workerData } from 'node:worker_threads';
import { AzureMonitorMetricExporter, AzureMonitorTraceExporter } from '@azure/monitor-opentelemetry-exporter';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { reasonOf } from '../codedError.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';
import { type ReadableSpan, readableSpan } from './readableSpan.ts';

/**
 * The telemetry thread. It is a thread so that nothing in it can hurt the sync: not the time it takes to load, not
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

// Read by the exporters when they are made.
process.env.APPLICATION_INSIGHTS_NO_STATSBEAT = '1';
process.env.APPLICATIONINSIGHTS_STATSBEAT_DISABLED = '1';

const exporter = new AzureMonitorTraceExporter(exporterOptions);
const reader = new PeriodicExportingMetricReader({
  exporter: new AzureMonitorMetricExporter(exporterOptions),
  exportIntervalMillis: data.exportMs,
  exportTimeoutMillis: data.exportMs,
});
const metrics = new MeterProvider({ readers: [reader], resource: resourceFromAttributes(role) });
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
      if (value !== undefined && Date.now() - gaugesAtMs < GAUGES_GOOD_FOR_MS) result.observe(value);
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
  await Promise.allSettled([exporter.shutdown(), metrics.shutdown()]);
  process.exit(0);
}

function tell(message: FromThread): void {
  parentPort?.postMessage(message);
}
