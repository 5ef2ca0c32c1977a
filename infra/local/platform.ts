import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { guidFor } from '../evaluate/subscription.ts';
import { choosePorts, type Ports } from './processes/ports.ts';
import { endLeftovers } from './processes/region-process.ts';
import { evaluatedProgram } from './program/evaluated-program.ts';
import { accountKey, createResolver, type Endpoints, type Resolver, resolveText } from './program/resolver.ts';
import { Secrets } from './program/secrets.ts';
import { siteDefinition } from './program/site-definition.ts';
import { readDefinition, type SystemDefinition } from './program/system-definition.ts';
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
import { ProcessWorker, workerSocket } from './worker/process-worker.ts';
import { buildSidecarImage } from './worker/sidecar-image.ts';

const leftoverLimitMs = 5_000;
const serverStopMs = 10_000;
const frontStopMs = 2_000;

export interface RegionOptions {
  readonly stateDir: string;
  readonly port: number;
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
  readonly resolver: Resolver;
  readonly accounts: readonly StorageAccount[];
  readonly mysql: Mysql;
  readonly redis: Redis;
  readonly blob: Blob;
  readonly identity: IdentityEndpoint;
  readonly ingestion: IngestionEndpoint;
  readonly front: NginxFront;
  readonly mounts: readonly Mount[];
  readonly workers: Readonly<Record<WorkerId, ProcessWorker>>;
}

/** Evaluates the program and starts the local counterpart of each of its resources. Resolves when all of them are up. */
export async function startPlatform({ stateDir, port, onProgress }: RegionOptions): Promise<Platform> {
  const paths = statePaths(stateDir);
  await createStateDirectories(paths);
  const ended = await endLeftovers(paths.processes, leftoverLimitMs);
  if (ended.length > 0) onProgress(`ended processes of an earlier region: ${ended.join(', ')}`);
  const ports = await choosePorts(paths, port);
  const certificates = await ensureCertificates(paths, new Date());
  const ca = await readFile(certificates.caFile, 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), ca]);
  const secrets = await Secrets.open(paths);

  onProgress('evaluating the program');
  const digest = await buildSidecarImage(paths);
  const system = readDefinition(await evaluatedProgram(paths, digest));

  const accounts = system.accounts.map((account) => ({ ...account, key: accountKey(account.name, secrets) }));
  const blob = new Blob({ paths, certificates, port: ports.internal.blob, accounts });
  const tls = { key: await readFile(certificates.keyFile), cert: await readFile(certificates.certFile) };
  const ingestion = new IngestionEndpoint({
    port: ports.internal.ingestion,
    directory: paths.telemetry,
    ...tls,
  });
  const endpoints: Endpoints = {
    mysql: `127.0.0.1:${ports.internal.mysql}`,
    redis: `127.0.0.1:${ports.internal.redis}`,
    production: `127.0.0.1:${ports.production}`,
    staging: `127.0.0.1:${ports.staging}`,
    ingestion: ingestion.url,
    blob: (account) => blob.endpoint(account),
  };
  const resolver = createResolver(system, endpoints, secrets);

  const mysql = new Mysql({
    paths,
    certificates,
    port: ports.internal.mysql,
    database: system.database.name,
    user: system.database.user,
    password: resolveText(system.database.password, resolver),
  });
  const redis = new Redis({
    paths,
    certificates,
    port: ports.internal.redis,
    password: resolver.placeholder(system.redisKey) ?? '',
  });
  const identityHeader = secrets.get('identity-header');
  const identity = new IdentityEndpoint({
    port: ports.internal.identity,
    header: identityHeader,
    clientIds: system.identityUrns.map((urn) => guidFor(`${urn}.clientId`)),
    now: () => new Date(),
  });
  const mounts = accounts.flatMap((account) =>
    account.containers
      .filter((container) => isMounted(system, account.name, container))
      .map(
        (container) =>
          new Mount({
            account: account.name,
            container: blob.client(account).getContainerClient(container),
            directory: join(paths.mounts, account.name, container),
          }),
      ),
  );
  const worker = (id: WorkerId): ProcessWorker =>
    new ProcessWorker({
      id,
      paths,
      caBundle: certificates.caFile,
      mountDirectory: (account, container) =>
        mounts.find((mount) => mount.account === account && mount.container === container)?.directory,
      resolver,
      sidecarPort: id === 'a' ? ports.internal.sidecarA : ports.internal.sidecarB,
      identity: { endpoint: identity.url, header: identityHeader },
      site: { name: String(system.app.inputs.name), hostName: endpoints.production },
    });
  const front = new NginxFront({
    paths,
    ports: { production: ports.production, staging: ports.staging },
    socketOf: (id) => workerSocket(paths, id),
  });
  const platform = {
    paths,
    ports,
    certificates,
    tls,
    secrets,
    system,
    resolver,
    accounts,
    mysql,
    redis,
    blob,
    identity,
    ingestion,
    front,
    mounts,
    workers: { a: worker('a'), b: worker('b') },
  };
  await secrets.saved();
  onProgress('starting MySQL, Redis, Blob, the identity and ingestion endpoints and the front');
  try {
    await Promise.all([mysql.start(), redis.start(), blob.start(), identity.start(), ingestion.start(), front.start()]);
    await Promise.all(mounts.map((mount) => mount.start()));
  } catch (error) {
    await stopPlatform(platform);
    throw error;
  }
  return platform;
}

function isMounted(system: SystemDefinition, account: string, container: string): boolean {
  const { production, staging } = siteDefinition(system).slots;
  return [production, staging]
    .flatMap((slot) => Object.values(slot.storageMounts))
    .some((mount) => mount.accountName === account && mount.shareName === container);
}

/** Stops everything; data is kept. */
export async function stopPlatform(platform: Platform): Promise<void> {
  await Promise.all(platform.mounts.map((mount) => mount.stop()));
  await platform.front.stop(frontStopMs);
  platform.identity.stop();
  platform.ingestion.stop();
  await Promise.all([platform.mysql, platform.redis, platform.blob].map((server) => server.stop(serverStopMs)));
}
