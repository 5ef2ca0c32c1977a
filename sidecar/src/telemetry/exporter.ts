import { AzureMonitorMetricExporter, AzureMonitorTraceExporter } from '@azure/monitor-opentelemetry-exporter';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { type ReadableSpan, readableSpan } from './readable-span.ts';
import type { SpanData } from './span.ts';

export interface ExporterData {
  readonly connectionString: string;
  readonly serviceName: string;
  /** A dimension of every metric: alerts look at one slot each. */
  readonly slot: string;
  readonly instance: string;
  readonly version: string;
  readonly exportMs: number;
}

/** Sends spans and gauges to Application Insights. */
export interface Exporter {
  /** Rejects when the spans were not accepted. */
  send(spans: readonly SpanData[]): Promise<void>;
  /** The present values. They are sent with every export until they are outdated. */
  setGauges(values: Readonly<Record<string, number>>): void;
  stop(): Promise<void>;
}

/** When the sync stops updating the gauges they are no longer sent, and an alert fires because they are absent. */
const GAUGES_GOOD_FOR_MS = 90_000;

/**
 * Starts the exporter. It is the exporter without its distribution, whose instrumentations would take 45 MB more and have
 * nothing to instrument here.
 */
export function azureMonitorExporter(data: ExporterData): Exporter {
  // Read by the exporter when it starts: no statistics about itself.
  process.env.APPLICATION_INSIGHTS_NO_STATSBEAT = '1';
  process.env.APPLICATIONINSIGHTS_STATSBEAT_DISABLED = '1';
  const role = {
    'service.name': data.serviceName,
    'service.instance.id': data.instance,
    'service.version': data.version,
  };
  const options = { connectionString: data.connectionString, disableOfflineStorage: true };
  const traces = new AzureMonitorTraceExporter(options);
  const reader = new PeriodicExportingMetricReader({
    exporter: new AzureMonitorMetricExporter(options),
    exportIntervalMillis: data.exportMs,
  });
  const meters = new MeterProvider({ resource: resourceFromAttributes(role), readers: [reader] });
  const gauges = new Map<string, number>();
  let gaugesAtMs = 0;
  return {
    send: (spans) =>
      sendSpans(
        traces,
        spans.map((span) => readableSpan(span, role)),
      ),
    setGauges: (values) => {
      gaugesAtMs = performance.now();
      for (const [name, value] of Object.entries(values)) {
        if (!gauges.has(name))
          meters
            .getMeter('slipway')
            .createObservableGauge(name)
            .addCallback((result) => {
              const present = gauges.get(name);
              if (present !== undefined && performance.now() - gaugesAtMs < GAUGES_GOOD_FOR_MS)
                result.observe(present, { slot: data.slot });
            });
        gauges.set(name, value);
      }
    },
    stop: async () => {
      await Promise.allSettled([traces.shutdown(), meters.shutdown()]);
    },
  };
}

/** The exporter may call back twice, or not at all and reject. */
function sendSpans(traces: AzureMonitorTraceExporter, spans: ReadableSpan[]): Promise<void> {
  return new Promise((resolve, reject) => {
    traces
      .export(spans, ({ code, error }) => (code === 0 ? resolve() : reject(error ?? new Error('not accepted'))))
      .then(resolve, reject);
  });
}
