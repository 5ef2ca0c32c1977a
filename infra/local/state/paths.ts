import { join, resolve } from 'node:path';
import { SlipError } from '../../lib/errors.ts';

/** The two places that a slot's containers can run in. Which one serves which slot is decided by routing. */
export type WorkerId = 'a' | 'b';

/** Room that the longest socket path below the state directory needs; Linux allows 107 bytes for the whole path. */
const longestSocketSuffixBytes = '/workers/a/run/php-fpm-internal.sock'.length;
const UNIX_SOCKET_PATH_MAX_BYTES = 107;

/** Where one local region keeps its files; nothing is written outside it. */
export interface StatePaths {
  readonly root: string;
  /** Marks the directory as a region's. Only a marked directory is ever removed. */
  readonly marker: string;
  readonly connection: string;
  readonly controlSocket: string;
  readonly site: string;
  readonly secrets: string;
  readonly evaluation: string;
  readonly ports: string;
  readonly processes: string;
  readonly tls: string;
  readonly mysql: string;
  readonly redis: string;
  readonly blob: string;
  readonly front: string;
  readonly mounts: string;
  readonly shares: string;
  readonly images: string;
  readonly packages: string;
  readonly logs: string;
  readonly telemetry: string;
  /** What the front writes of each request. */
  readonly traffic: string;
  /** Markers that releases wrote to Application Insights. */
  readonly annotations: string;
  /** Events of the releases that were made from this machine, one a line. */
  readonly releaseJournal: string;
  worker(id: WorkerId): { readonly home: string; readonly run: string };
}

/** Paths below `stateDir`. Throws SLIP-LOCAL-PATH when unix sockets below it would be longer than Linux allows. */
export function statePaths(stateDir: string): StatePaths {
  const root = resolve(stateDir);
  const room = UNIX_SOCKET_PATH_MAX_BYTES - longestSocketSuffixBytes;
  if (Buffer.byteLength(root) > room) {
    throw new SlipError('SLIP-LOCAL-PATH', {
      found: `the state directory ${root} is ${Buffer.byteLength(root)} bytes long`,
      expected: `at most ${room} bytes: unix sockets live below it and Linux limits their paths to ${UNIX_SOCKET_PATH_MAX_BYTES} bytes`,
      fix: 'choose a shorter one with --state DIR',
    });
  }
  if (/[^\w./@+~,-]/.test(root)) {
    throw new SlipError('SLIP-LOCAL-PATH', {
      found: `the state directory ${root} has characters that servers' configurations read as something else`,
      expected: 'letters, digits and . _ - / @ + ~ ,',
      fix: 'choose another with --state DIR, for example --state /tmp/slipway',
    });
  }
  return {
    root,
    marker: join(root, '.slipway-region'),
    connection: join(root, 'connection.json'),
    controlSocket: join(root, 'region.sock'),
    site: join(root, 'site.json'),
    secrets: join(root, 'secrets.json'),
    evaluation: join(root, 'evaluation.json'),
    ports: join(root, 'ports.json'),
    processes: join(root, 'processes'),
    tls: join(root, 'tls'),
    mysql: join(root, 'mysql'),
    redis: join(root, 'redis'),
    blob: join(root, 'blob'),
    front: join(root, 'front'),
    mounts: join(root, 'mounts'),
    shares: join(root, 'shares'),
    images: join(root, 'images'),
    packages: join(root, 'packages'),
    logs: join(root, 'logs'),
    telemetry: join(root, 'telemetry'),
    traffic: join(root, 'traffic'),
    annotations: join(root, 'annotations.json'),
    releaseJournal: join(root, 'releases.ndjson'),
    worker: (id) => ({ home: join(root, 'workers', id, 'home'), run: join(root, 'workers', id, 'run') }),
  };
}
