import { connectionFile } from '../../lib/connection.ts';
import type { Application } from '../../release/app/application.ts';
import { shorter } from '../region-options.ts';

export interface RunningSystem {
  readonly production: string;
  readonly staging: string;
  readonly management: string;
  /** The address of the page, with its token. */
  readonly console: string;
  readonly version: string;
  /** False: it was up already. */
  readonly started: boolean;
  readonly seconds: number;
  /** Where the application lies that `./slipway release` takes. */
  readonly directory: string;
  readonly application: Pick<Application, 'smoke' | 'provides'>;
}

/** What `npm start` ends with: where everything is, and lines to paste. */
export function tryIt(
  system: RunningSystem,
  stateDir: string,
  cwd: string,
  forRegion: (line: string) => string,
): string {
  const { production, staging, management, console, version, started, seconds, directory } = system;
  const connection = shorter(connectionFile(stateDir), cwd);
  return `${started ? `The local region is up after ${seconds.toFixed(1)} s.` : 'The local region is already up.'}

  production   ${production}   version ${version}
  staging      ${staging}
  management   ${management}   tokens and keys: ${connection}
  console      ${console}

Try:
${requests(system, connection)
  .map((line) => `  ${line}`)
  .join('\n')}

Then:
${table(next(shorter(directory, cwd)).map(([line, meaning]) => [forRegion(line), meaning]))}`;
}

/** What can be asked of the application: its smoke requests, and the routes of the one that slipway comes with. */
function requests({ production, application: { smoke, provides } }: RunningSystem, connection: string): string[] {
  if (provides.images === undefined || provides.cache === undefined) {
    const paths = smoke.map((each) => (typeof each === 'string' ? each : each.path));
    return [...new Set([...paths, '/_slipway/health'])].map((path) => `curl -i ${production}${path}`);
  }
  const token = `$(node -p "JSON.parse(fs.readFileSync('${connection}')).cacheApiToken")`;
  return [
    `curl ${production}/api/ping`,
    `curl -i -X POST ${production}/api/generate-image`,
    `curl ${production}/api/images`,
    `curl ${production}/api/health`,
    `curl -X PUT -H "Authorization: Bearer ${token}" -H 'Content-Type: application/json' -d '{"value":{"hello":"world"},"ttl":60}' ${production}/api/cache/greeting`,
    `curl -H "Authorization: Bearer ${token}" ${production}/api/cache/greeting`,
  ];
}

/** Command lines that act on the region, and what they do. */
function next(directory: string) {
  return [
    ['./slipway status', 'what runs, and how it is'],
    ['./slipway release', `change something in ${directory}/ and bring it live without losing a request`],
    ['./slipway rollback', 'undo it'],
    ['npm stop', 'stop, keep the data'],
    ['npm start', 'start again'],
  ] as const;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([line]) => line.length));
  return rows.map(([line, meaning]) => `  ${line.padEnd(width)}    ${meaning}`).join('\n');
}
