import { hostname } from 'node:os';
import manifest from '../package.json' with { type: 'json' };
import { azureStore } from './blob/azureStore.ts';
import { CodedError, reasonOf, systemCode } from './codedError.ts';
import { routes } from './http/routes.ts';
import { httpServer } from './http/server.ts';
import { jsonLines } from './log.ts';
import { readSettings, type Settings, SettingsError, unresolvedReferences } from './settings.ts';
import { Sidecar } from './sidecar.ts';

/** sysexits.h: a configuration error. Restarting does not help. */
const EXIT_SETTINGS = 78;
const EXIT_FAILED = 1;

/** The wall clock as it was at the start, moved on by a clock that never jumps. */
const nowMs = (): number => performance.timeOrigin + performance.now();
const log = jsonLines(
  (line) => process.stderr.write(line),
  () => new Date(),
);

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env, hostname());
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const problem of error.problems) process.stderr.write(`${problem.toText()}\n`);
    process.exit(EXIT_SETTINGS);
  }
}

const settings = settingsOrExit();
const warnings = unresolvedReferences(process.env).map(
  (name) => `SLIP-SIDECAR-REFERENCE: the Key Vault reference of ${name} was not resolved`,
);
for (const warning of warnings) log('warn', warning);

const sidecar = new Sidecar({
  settings,
  store: azureStore({ endpoint: settings.blobEndpoint, container: settings.container, clientId: settings.clientId }),
  log,
  nowMs,
  random: Math.random,
  version: manifest.version,
  warnings,
  extraCounts: () => ({}),
  others: () => [],
  self: () => settings.instance,
});
const server = httpServer(routes(sidecar), log);

server.on('error', (error) => {
  const inUse = systemCode(error) === 'EADDRINUSE';
  const problem = new CodedError(
    'SLIP-SIDECAR-PORT',
    inUse ? `127.0.0.1:${settings.port} is in use` : `127.0.0.1:${settings.port} cannot be used: ${reasonOf(error)}`,
    'a free port',
    'stop what listens there, or set SIDECAR_PORT',
  );
  process.stderr.write(`${problem.toText()}\n`);
  process.exit(EXIT_FAILED);
});
server.listen(settings.port, '127.0.0.1', () => {
  log('info', 'listening', { port: settings.port, version: manifest.version, startMs: Math.round(performance.now()) });
});
void sidecar.start();

let stopping = false;
async function stop(signal: string): Promise<void> {
  if (stopping) process.exit(EXIT_FAILED);
  stopping = true;
  log('info', 'stopping', { signal });
  await sidecar.stop(settings.stopMs);
  server.close();
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 200).unref();
  server.once('close', () => {
    log('info', 'stopped');
    process.exit(0);
  });
}
process.on('SIGTERM', (signal) => void stop(signal));
process.on('SIGINT', (signal) => void stop(signal));
process.on('unhandledRejection', (reason) => log('error', 'an unhandled rejection', { reason: reasonOf(reason) }));
