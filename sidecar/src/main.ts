import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import manifest from '../package.json' with { type: 'json' };
import { Heartbeat } from './background/heartbeat.ts';
import { JournalFlusher } from './background/journal-flusher.ts';
import { azureStore } from './blob/azure-store.ts';
import { CodedError, reasonOf, systemCode } from './coded-error.ts';
import * as defaults from './defaults.ts';
import { routes } from './http/routes.ts';
import { httpServer } from './http/server.ts';
import { jsonLines } from './log.ts';
import { gaugesOf } from './metrics.ts';
import { readSettings, type Settings, SettingsError, unresolvedReferences } from './settings.ts';
import { Sidecar } from './sidecar.ts';
import { summaryOf } from './status.ts';
import { Relay } from './telemetry/relay.ts';
import { tracer } from './telemetry/tracer.ts';

/** EX_CONFIG of sysexits.h: a configuration error, which a restart does not fix. */
const EXIT_SETTINGS = 78;
const EXIT_FAILED = 1;
const LAST_ANSWERS_MS = 200;
/** The approximate size of one of the sidecar's own spans as JSON. */
const OWN_SPAN_BYTES = 1_024;

/** The wall clock at the start plus a monotonic clock, so that the time never jumps. */
const nowMs = (): number => performance.timeOrigin + performance.now();
const log = jsonLines(
  (line) => process.stderr.write(line),
  () => new Date(),
);

const settings = settingsOrExit();
const warnings = unresolvedReferences(process.env).map(
  (name) => `SLIP-SIDECAR-REFERENCE: the Key Vault reference of ${name} was not resolved`,
);
for (const warning of warnings) log('warn', warning);

const service = {
  'service.name': settings.site,
  'service.namespace': 'sidecar',
  'service.instance.id': settings.instance,
};
const relay = new Relay(async () => {
  // Loaded only here: its packages take as long to load as everything else.
  const { azureMonitorExporter } = await import('./telemetry/exporter.ts');
  return azureMonitorExporter({
    connectionString: settings.insights,
    serviceName: settings.site,
    slot: settings.slot,
    instance: settings.instance,
    version: manifest.version,
    exportMs: settings.metricExportMs,
  });
}, log);
const startSpan = tracer((span) => void relay.offer([span], OWN_SPAN_BYTES), nowMs, {
  ...service,
  'service.version': manifest.version,
});

const heartbeat: Heartbeat = new Heartbeat({
  redis: settings.redis,
  mediaRoot: settings.mediaRoot,
  instance: settings.instance,
  intervalMs: defaults.HEARTBEAT_MS,
  limitMs: defaults.HEARTBEAT_LIMIT_MS,
  nowMs,
  log,
  status: async () => summaryOf(await sidecar.status()),
});
const sidecar: Sidecar = new Sidecar({
  settings,
  store: azureStore({ endpoint: settings.blobEndpoint, container: settings.container, clientId: settings.clientId }),
  log,
  nowMs,
  random: Math.random,
  version: manifest.version,
  warnings,
  startSpan,
  extraCounts: () => ({ spansSent: relay.sent, spansDropped: relay.dropped }),
  others: () => heartbeat.others,
  self: () => heartbeat.self,
});
const journal = new JournalFlusher({
  folder: sidecar.folders.journal,
  appUrl: settings.appUrl,
  token: settings.releaseToken,
  log,
  pause: (signal) => sleep(defaults.JOURNAL_FLUSH_MS, undefined, { signal }).catch(() => undefined),
});
const server = httpServer(routes({ sidecar, startSpan, offerSpans: (spans, bytes) => relay.offer(spans, bytes) }), log);

server.on('error', (error) => {
  const words = systemCode(error) === 'EADDRINUSE' ? 'is in use' : `cannot be used: ${reasonOf(error)}`;
  const fix = 'stop what listens there, or set SIDECAR_PORT';
  const problem = new CodedError('SLIP-SIDECAR-PORT', `127.0.0.1:${settings.port} ${words}`, 'a free port', fix);
  process.stderr.write(`${problem.toText()}\n`);
  process.exit(EXIT_FAILED);
});
server.listen(settings.port, '127.0.0.1', () => {
  log('info', 'listening', { port: settings.port, version: manifest.version, startMs: Math.round(performance.now()) });
});
void sidecar.start();
// Background tasks start after the sync, so that a starting container is ready earlier.
setTimeout(() => {
  void heartbeat.run();
  void journal.run();
}, defaults.BACKGROUND_START_DELAY_MS).unref();
setTimeout(() => {
  void relay.start();
  setInterval(() => void sendGauges(), Math.min(defaults.GAUGES_MS, settings.metricExportMs / 2)).unref();
}, defaults.TELEMETRY_START_DELAY_MS).unref();

let stopping = false;
// The reader of the log may disappear, which must not stop the sync.
process.stderr.on('error', () => undefined);
process.on('SIGTERM', (signal) => void stop(signal));
process.on('SIGINT', (signal) => void stop(signal));
process.on('unhandledRejection', (reason) => log('error', 'an unhandled rejection', { reason: reasonOf(reason) }));

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env, hostname(), caFileProblem);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const problem of error.problems) process.stderr.write(`${problem.toText()}\n`);
    process.exit(EXIT_SETTINGS);
  }
}

function caFileProblem(path: string): string | undefined {
  try {
    const pem = readFileSync(path, 'utf8');
    return pem.includes('-----BEGIN CERTIFICATE-----') ? undefined : 'holds no certificate';
  } catch (error) {
    return `cannot be read: ${systemCode(error) || reasonOf(error)}`;
  }
}

async function sendGauges(): Promise<void> {
  relay.setGauges(gaugesOf(await sidecar.status()));
}

/** Finishes the uploads in progress. A second signal ends the process at once. */
async function stop(signal: string): Promise<void> {
  if (stopping) process.exit(EXIT_FAILED);
  stopping = true;
  const limit = performance.now() + settings.stopMs;
  log('info', 'stopping', { signal });
  journal.stop();
  await Promise.all([sidecar.stop(settings.stopMs), heartbeat.stop()]);
  server.close();
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
  const left = Math.max(0, limit - performance.now());
  const sent = relay.stop(Math.min(defaults.TELEMETRY_STOP_MS, left));
  await Promise.all([new Promise((resolve) => server.once('close', resolve)), sent]);
  log('info', 'stopped');
  process.exit(0);
}
