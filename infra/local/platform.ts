import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { TENANT_ID } from '../evaluate/subscription.ts';
import { AppSecrets } from '../lib/app-secrets.ts';
import { choosePorts, type Ports } from './processes/ports.ts';
import { endLeftovers } from './processes/region-process.ts';
import { evaluatedProgram } from './program/evaluated-program.ts';
import {
  accountKey,
  createResolver,
  type Endpoints,
  instrumentationKeyOf,
  type ProgramResolver,
  resolveText,
} from './program/resolver.ts';
import { Secrets } from './program/secrets.ts';
import { readDefinition, type SystemDefinition } from './program/system-definition.ts';
import { AccessTokens } from './servers/access-tokens.ts';
import { Blob, type StorageAccount } from './servers/blob.ts';
import { type Certificates, ensureCertificates } from './servers/certificates.ts';
import { NginxFront } from './servers/front.ts';
import { IdentityEndpoint } from './servers/identity.ts';
import { IngestionEndpoint } from './servers/ingestion.ts';
import { Mysql } from './servers/mysql.ts';
import { Redis } from './servers/redis.ts';
import { createStateDirectories } from './state/files.ts';
import type { WorkerId } from './state/paths.ts';
import { type StatePaths, statePaths } from './state/paths.ts';
import { Mount } from './worker/mount.ts';
import { Mounts } from './worker/mounts.ts';
import { ProcessWorker, workerSocket } from './worker/process-worker.ts';
import { Share } from './worker/share.ts';
import { buildSidecarImage } from './worker/sidecar-image.ts';

const LEFTOVER_LIMIT_MS = 5_000;
const SERVER_STOP_MS = 10_000;
const FRONT_STOP_MS = 2_000;

export interface RegionOptions {
  readonly stateDir: string;
  readonly port: number;
  /** The program that serves the page of the region. */
  readonly consoleProgram: string;
  readonly onProgress: (message: string) => void;
}

/** What the site runs on: data servers, endpoints, workers and the front. */
export interface Platform {
  readonly paths: StatePaths;
  readonly ports: Ports;
  readonly certificates: Certificates;
  readonly tls: { readonly key: Buffer; readonly cert: Buffer };
  readonly secrets: Secrets;
  readonly system: SystemDefinition;
  readonly resolver: ProgramResolver;
  readonly accounts: readonly StorageAccount[];
  readonly mysql: Mysql;
  readonly redis: Redis;
  readonly blob: Blob;
  readonly identity: IdentityEndpoint;
  readonly ingestion: IngestionEndpoint;
  readonly front: NginxFront;
  readonly mounts: readonly (Mount | Share)[];
  /** Called with a storage account when a mount of it was away for so long that App Service restarts the app. */
  onMountLost: (account: string) => void;
  readonly workers: Readonly<Record<WorkerId, ProcessWorker>>;
}

/** Evaluates the program and starts the local counterpart of each of its resources. Resolves when all of them are up. */
export async function startPlatform(options: RegionOptions): Promise<Platform> {
  const base = await prepare(options);
  const { identity, ...servers } = createServers(base);
  const mounts = createMounts(base, servers.blob, (account) => platform.onMountLost(account));
  const attached = new Mounts(base.accounts, mounts, (text) => resolveText(text, base.resolver));
  const worker = (id: WorkerId) => createWorker(base, id, identity, attached);
  const platform: Platform = {
    ...base,
    ...servers,
    identity,
    mounts,
    onMountLost: () => undefined,
    workers: { a: worker('a'), b: worker('b') },
  };
  await base.secrets.saved();
  options.onProgress('starting MySQL, Redis, Blob, the identity and ingestion endpoints and the front');
  try {
    const { mysql, redis, blob, ingestion, front } = servers;
    await Promise.all([mysql, redis, blob, identity, ingestion, front].map((server) => server.start()));
    await Promise.all(mounts.map((mount) => mount.create()));
  } catch (error) {
    await stopPlatform(platform);
    throw error;
  }
  return platform;
}

/** What the servers are created from: state, ports, certificates, secrets and the evaluated program. */
type Base = Pick<Platform, 'paths' | 'ports' | 'certificates' | 'tls' | 'secrets' | 'system' | 'accounts' | 'resolver'>;

async function prepare({ stateDir, port, onProgress }: RegionOptions): Promise<Base> {
  const paths = statePaths(stateDir);
  await createStateDirectories(paths);
  const ended = await endLeftovers(paths.processes, LEFTOVER_LIMIT_MS);
  if (ended.length > 0) onProgress(`ended processes of an earlier region: ${ended.join(', ')}`);
  const ports = await choosePorts(paths, port);
  const certificates = await ensureCertificates(paths, new Date());
  const ca = await readFile(certificates.caFile, 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), ca]);
  const tls = { key: await readFile(certificates.keyFile), cert: await readFile(certificates.certFile) };
  const secrets = await Secrets.open(paths);
  onProgress('evaluating the program');
  const digest = await buildSidecarImage(paths);
  const system = readDefinition(await evaluatedProgram(paths, digest));
  const accounts = system.accounts.map((account) => ({ ...account, key: accountKey(account.name, secrets) }));
  const resolver = createResolver(system, endpointsOf(ports), secrets, new AppSecrets(paths.root));
  return { paths, ports, certificates, tls, secrets, system, accounts, resolver };
}

function endpointsOf({ production, staging, internal }: Ports): Endpoints {
  return {
    mysql: { host: '127.0.0.1', port: internal.mysql },
    redis: { host: '127.0.0.1', port: internal.redis },
    production: `127.0.0.1:${production}`,
    staging: `127.0.0.1:${staging}`,
    ingestion: `https://127.0.0.1:${internal.ingestion}/`,
    blob: (account) => `https://127.0.0.1:${internal.blob}/${account}`,
  };
}

function createServers(base: Base) {
  const { paths, certificates, tls, secrets, system, accounts, resolver } = base;
  const { internal, production, staging } = base.ports;
  const now = () => new Date();
  const tokens = new AccessTokens(`https://sts.windows.net/${TENANT_ID}/`, now);
  const { name: database, user, password } = system.database;
  return {
    mysql: new Mysql({
      paths,
      certificates,
      port: internal.mysql,
      database,
      user,
      password: resolveText(password, resolver),
    }),
    redis: new Redis({
      paths,
      certificates,
      port: internal.redis,
      password: resolver.placeholder(system.redisKey) ?? '',
    }),
    blob: new Blob({
      paths,
      tls,
      port: internal.blob,
      azuritePort: internal.azurite,
      accounts,
      tokens,
      grants: system.blobGrants,
    }),
    identity: new IdentityEndpoint({
      port: internal.identity,
      header: secrets.get('identity-header'),
      identities: system.identities,
      tokens,
      now,
    }),
    ingestion: new IngestionEndpoint({
      port: internal.ingestion,
      directory: paths.telemetry,
      ...tls,
      instrumentationKey: instrumentationKeyOf(secrets),
    }),
    front: new NginxFront({ paths, ports: { production, staging }, socketOf: (id) => workerSocket(paths, id) }),
  };
}

/** Of every container and share: which of them a slot mounts, a release decides. One begins to follow its container when it is attached. */
function createMounts(
  { paths, accounts, system }: Base,
  blob: Blob,
  onLost: (account: string) => void,
): (Mount | Share)[] {
  const containers = accounts.flatMap((account) =>
    account.containers.map((container) => {
      const client = blob.client(account).getContainerClient(container);
      const directory = join(paths.mounts, account.name, container);
      return new Mount({ account: account.name, container: client, directory, onLost: () => onLost(account.name) });
    }),
  );
  const shares = system.accounts.flatMap(({ name: account, shares: names }) =>
    names.map((name) => {
      const directory = join(paths.shares, account, name);
      return new Share({ account, name, directory, onLost: () => onLost(account) });
    }),
  );
  return [...containers, ...shares];
}

function createWorker(base: Base, id: WorkerId, identity: IdentityEndpoint, mounts: Mounts): ProcessWorker {
  const { paths, ports, certificates, resolver, secrets, system } = base;
  return new ProcessWorker({
    id,
    paths,
    caBundle: certificates.caFile,
    mounts,
    resolver,
    sidecarPort: id === 'a' ? ports.internal.sidecarA : ports.internal.sidecarB,
    identity: { endpoint: identity.url, header: secrets.get('identity-header') },
    site: { name: String(system.app.inputs.name), hostName: `127.0.0.1:${ports.production}` },
  });
}

/** Stops everything; data is kept. */
export async function stopPlatform(platform: Platform): Promise<void> {
  await Promise.all(platform.mounts.map((mount) => mount.stop()));
  await platform.front.stop(FRONT_STOP_MS);
  platform.identity.stop();
  platform.ingestion.stop();
  await Promise.all([platform.mysql, platform.redis, platform.blob].map((server) => server.stop(SERVER_STOP_MS)));
}
