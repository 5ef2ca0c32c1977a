import { appendFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluate } from '../evaluate/evaluate.ts';
import { freeBase } from '../lib/free-port.ts';
import { initialState } from '../local/appservice/site-state.ts';
import { type ControlActions, ControlServer } from '../local/control-socket.ts';
import { siteDefinition } from '../local/program/site-definition.ts';
import { readDefinition } from '../local/program/system-definition.ts';
import { createStateDirectories, writeJson } from '../local/state/files.ts';
import { type StatePaths, statePaths } from '../local/state/paths.ts';
import type { RegionStatus } from '../local/status.ts';
import { ANY_DIGEST } from '../report/system-page.ts';
import { png } from '../testbed/png.ts';
import type { HistoryRow } from './model.ts';
import { openConsole } from './open-console.ts';
import type { Records, ReleaseRecords } from './release-records.ts';

/** Secrets of the seeded region; none of them may leave the console. */
export const SECRETS = {
  'console-token': 'console-token-7Jx2',
  'management-token': 'management-token-9Kq4',
  'account-key/media': 'YWNjb3VudC1rZXktZm9yLW1lZGlhLTEyMzQ1Njc4OTA=',
  'redis-password': 'redis-password-4Tz8',
};

/** So that no test waits for the next look at the region. */
const POLL_MS = 100;
const IMAGES = 8;
const IMAGE_PIXELS = 32;

/** A console over a state directory that no region runs on: what the region would say is what the test says. */
export interface SeededConsole {
  readonly url: string;
  readonly token: string;
  readonly port: number;
  readonly paths: StatePaths;
  status: RegionStatus;
  records: Records;
  /** Calls that reached the region. */
  readonly switched: { target: string; on: boolean }[];
  /** That are open to the console. */
  connections(): number;
  close(): Promise<void>;
}

export async function seededConsole(): Promise<SeededConsole> {
  const paths = statePaths(await mkdtemp(join(tmpdir(), 'sw-console-')));
  await createStateDirectories(paths);
  const base = await freeBase([0, 1, 2]);
  await seed(paths, base);
  const seeded: Pick<SeededConsole, 'status' | 'records' | 'switched'> = {
    status: healthyStatus(),
    records: seededRecords(),
    switched: [],
  };
  const control = new ControlServer(paths.controlSocket, controlActions(seeded));
  await control.start();
  const port = base + 2;
  const token = SECRETS['console-token'];
  const records: Pick<ReleaseRecords, 'read' | 'asked'> = { read: async () => seeded.records, asked: [] };
  const { server, close } = await openConsole({
    stateDir: paths.root,
    port,
    token,
    records,
    everyMs: { status: POLL_MS, releases: POLL_MS },
  });
  const listener = createServer((socket) => server.accept(socket));
  await listen(listener, port);
  return Object.assign(seeded, {
    url: `http://127.0.0.1:${port}`,
    token,
    port,
    paths,
    connections: () => server.connections,
    close: async () => {
      close();
      listener.close();
      server.end();
      await control.stop();
    },
  });
}

function controlActions(seeded: Pick<SeededConsole, 'status' | 'switched'>): ControlActions {
  return {
    status: async () => seeded.status,
    restartDead: async () => [],
    adopt: async () => undefined,
    stop: async () => process.pid,
    switchFault: async (target, on) => {
      seeded.switched.push({ target, on });
      if (target === 'sidecar') return;
      seeded.status = { ...seeded.status, servers: { ...seeded.status.servers, [target]: on ? 4242 : null } };
    },
  };
}

async function seed(paths: StatePaths, base: number): Promise<void> {
  const evaluation = await evaluate({ stage: 'dev', mode: 'update', config: { 'sidecar.digest': ANY_DIGEST } });
  await writeJson(paths.evaluation, { key: 'seeded', evaluation });
  const state = initialState(siteDefinition(readDefinition(evaluation)));
  const { staging } = state.slots;
  const changed = { ...staging, settings: { ...staging.settings, IMAGE_RATE_PER_MINUTE: '7' } };
  await writeJson(paths.site, { ...state, slots: { ...state.slots, staging: changed } });
  await writeJson(paths.secrets, SECRETS);
  const at = (offset: number): string => `http://127.0.0.1:${base + offset}`;
  await writeJson(paths.connection, {
    production: at(0),
    staging: at(1),
    management: `https://127.0.0.1:${base + 363}`,
    console: { url: `${at(2)}/?token=${SECRETS['console-token']}` },
    cacheApiToken: 'cache-api-token-2Wd6',
    managementToken: SECRETS['management-token'],
  });
  await mkdir(join(paths.worker('a').home, 'media/synced'), { recursive: true });
  await writeFile(join(paths.logs, 'region.log'), '');
  await seedTraffic(paths);
  await seedTelemetry(paths);
  await seedImages(paths);
}

/** The newest images of production. */
async function seedImages(paths: StatePaths): Promise<void> {
  for (let n = 0; n < IMAGES; n++) {
    const image = png(IMAGE_PIXELS, (x, y) => [(40 + n * 90) % 256, (x * 5 + n * 40) % 256, (y * 5 + 90) % 256]);
    await writeFile(join(paths.worker('a').home, `media/synced/01K9ZZZZZZZZZZZZZZZZZZZZ0${n}.png`), image);
  }
}

/** A slow request whose time MySQL took, with a line that was logged in it, and others. */
async function seedTelemetry(paths: StatePaths): Promise<void> {
  const now = Date.now();
  const lines = Array.from({ length: 30 }, (_, n) => {
    const trace = `${String(n).padStart(2, '0')}beef`.padEnd(32, '0');
    const slow = n === 7;
    const at = now - n * 4_000;
    const root = {
      trace,
      id: `r${n}`,
      at,
      ms: slow ? 2_400 : 20 + n,
      name: n % 3 === 0 ? 'POST /api/generate-image' : 'GET /api/images',
    };
    const call = { trace, id: `m${n}`, parent: `r${n}`, at: at + 4, ms: slow ? 2_310 : 6, name: 'mysql SELECT images' };
    return [envelope('RequestData', root), envelope('RemoteDependencyData', call)];
  });
  await writeFile(join(paths.telemetry, 'telemetry.ndjson'), `${lines.flat().reverse().join('\n')}\n`);
  const slow = {
    message: 'SELECT waited for a lock',
    level_name: 'WARNING',
    extra: { traceId: '07beef'.padEnd(32, '0') },
  };
  const time = new Date(now - 28_000).toISOString();
  await writeFile(join(paths.logs, 'worker-a.log'), `${JSON.stringify({ datetime: time, ...slow })}\n`);
  const sidecar = { time, level: 'info', source: 'sidecar', message: 'Blob is available' };
  await writeFile(join(paths.logs, 'sidecar-a.log'), `${JSON.stringify(sidecar)}\n`);
}

interface SeededSpan {
  readonly trace: string;
  readonly id: string;
  readonly parent?: string;
  readonly at: number;
  readonly ms: number;
  readonly name: string;
}

function envelope(baseType: string, { trace, id, parent, at, ms, name }: SeededSpan): string {
  const tags = {
    'ai.cloud.role': 'webapplication.app-x',
    'ai.cloud.roleInstance': 'local-a',
    'ai.application.ver': '4c81e2badf6c',
    'ai.operation.id': trace,
    ...(parent === undefined ? {} : { 'ai.operation.parentId': parent }),
  };
  const duration = `00:00:${(ms / 1000).toFixed(6).padStart(9, '0')}`;
  const result = baseType === 'RequestData' ? { responseCode: '200' } : { resultCode: '0', type: 'mysql' };
  const data = { baseType, baseData: { id, name, duration, success: true, ...result } };
  return JSON.stringify({ time: new Date(at).toISOString(), tags, data });
}

/** Five minutes of requests, as the front writes them. */
async function seedTraffic(paths: StatePaths): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const lines: string[] = [];
  for (let t = now - 300; t < now - 3; t++) {
    const requests = 20 + Math.round(12 * Math.sin(t / 20));
    for (let n = 0; n < requests; n++) lines.push(`p ${t}.${100 + n} 0.0${(n * 7) % 10}${n % 10} 200`);
  }
  await appendFile(join(paths.traffic, 'traffic.log'), `${lines.join('\n')}\n`);
  const swapped = new Date((now - 120) * 1000).toISOString();
  await appendFile(join(paths.logs, 'region.log'), `${JSON.stringify({ time: swapped, event: 'slots-switched' })}\n`);
}

export function healthyStatus(): RegionStatus {
  const since = new Date(Date.now() - 25 * 60_000).toISOString();
  const none = { workers: [], schedule: [] };
  const slot = (id: string, version: string) => ({
    deployed: true,
    version,
    schema: '20261124080000',
    since,
    healthy: true,
    declared: version,
    instances: [{ id, processes: { nginx: 2101, phpFpm: 2102, sidecar: 2103 }, ready: true, exits: {}, ...none }],
    media: { pending: 0, oldestSeconds: 0, synced: 12, stuck: [], conflicts: [] },
  });
  return {
    region: 'local',
    slots: { production: slot('a', '4c81e2badf6c'), staging: slot('b', '91d07c3f5ae2') },
    servers: { mysql: 4101, redis: 4102, blob: 4103, front: 4104 },
    downSince: { mysql: null, redis: null, blob: null, front: null },
    pid: process.pid,
  };
}

function seededRecords(): Records {
  const history = historyRows();
  const [lastRelease = null, , before] = history;
  const none = { waiting: 0, refused: 0, oldestSeconds: 0 };
  const rollback = before === undefined ? null : { version: before.version, entry: before.id, kind: 'swap' as const };
  const rest = { inProgress: null, workers: null, findings: null, drift: [] };
  return { history, summary: { lastRelease, rollback, rows: { production: none, staging: none }, ...rest } };
}

function historyRows(): readonly HistoryRow[] {
  const row = (version: string, minutes: number, rest: Partial<HistoryRow> = {}): HistoryRow => ({
    id: `${version}-entry`,
    kind: 'release',
    outcome: 'live',
    version,
    bytes: 2_049_090,
    schemaMin: '20261124080000',
    schemaMax: '20261124080000',
    who: 'ada@laptop',
    command: 'release',
    source: { commit: 'c557d7b3e9a47efdc9796511c1492101e43cb45e', dirty: false },
    startedAt: new Date(Date.now() - minutes * 60_000).toISOString(),
    ms: 18_156,
    steps: [
      { name: 'build', ms: 986 },
      { name: 'stage', ms: 4_544 },
      { name: 'verify', ms: 2_402 },
      { name: 'swap', ms: 582 },
      { name: 'watch', ms: 5_302 },
    ],
    gates: [
      { name: 'deep-health', ms: 101, passed: true },
      { name: 'image-through-blob', ms: 272, passed: true },
    ],
    requests: { sent: 209, lost: 0 },
    ...rest,
  });
  const refused = {
    outcome: 'refused' as const,
    gates: [{ name: 'blob-reachable', ms: 3_012, passed: false, code: 'SLIP-RELEASE-BLOB-UNAVAILABLE' }],
    error: { code: 'SLIP-RELEASE-BLOB-UNAVAILABLE', found: 'Blob does not answer' },
  };
  return [row('77aa01b2c3d4', 9, refused), row('4c81e2badf6c', 25), row('91d07c3f5ae2', 90)];
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
