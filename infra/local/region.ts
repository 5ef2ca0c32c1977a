import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { SUBSCRIPTION_ID } from '../evaluate/subscription.ts';
import { messageOf } from '../lib/error-message.ts';
import { type ResolvedReference, secretOf } from './appservice/key-vault-references.ts';
import { Site } from './appservice/site.ts';
import type { SlotName } from './appservice/worker.ts';
import { ManagementPlane } from './arm/management-plane.ts';
import { ConsoleListener } from './console-listener.ts';
import { type FaultTarget, switchFault } from './faults.ts';
import { type Platform, type RegionOptions, startPlatform, stopPlatform } from './platform.ts';
import { LogRotation } from './processes/log-rotation.ts';
import { keptEvaluation } from './program/evaluated-program.ts';
import { type ProgramResolver, resolveText } from './program/resolver.ts';
import { siteDefinition } from './program/site-definition.ts';
import { readDefinition } from './program/system-definition.ts';
import { describeRegion, type RegionStatus } from './status.ts';
import type { ProcessWorker } from './worker/process-worker.ts';
import { writeConnection } from './write-connection.ts';

/** About ten minutes of a thousand requests per second are kept: this file and the one before. */
const TRAFFIC_MAX_BYTES = 16 * 1024 * 1024;

export interface RunningRegion {
  status(): Promise<RegionStatus>;
  /** Starts data servers that died; returns their names. */
  restartDead(): Promise<string[]>;
  /** Stops a data server or the sidecars, or starts them again. */
  switchFault(target: FaultTarget, on: boolean): Promise<void>;
  /** Takes over the secrets of the program as it was evaluated last. */
  adopt(): Promise<void>;
  stop(): Promise<void>;
}

/** The whole region: the platform, and on it the site with its two slots and the management plane. */
export async function runRegion(options: RegionOptions): Promise<RunningRegion> {
  const platform = await startPlatform(options);
  const managementToken = platform.secrets.get('management-token');
  const site = await Site.open({
    definition: siteDefinition(platform.system),
    workers: platform.workers,
    front: platform.front,
    stateFile: platform.paths.site,
    resolveReference: async (reference) => resolveReference(reference, platform.resolver),
    onSwitched: () => connect(),
    log,
  });
  const workerOf = (slot: SlotName): ProcessWorker => platform.workers[site.state.slots[slot].worker];
  const connect = () =>
    writeConnection({
      platform,
      subscriptionId: SUBSCRIPTION_ID,
      managementToken,
      workerOf: (slot) => workerOf(slot).id,
    });
  const logs = new LogRotation(platform.paths.logs);
  logs.start();
  const traffic = new LogRotation(platform.paths.traffic, TRAFFIC_MAX_BYTES);
  traffic.start();
  const plane = await ManagementPlane.listen({
    site,
    subscriptionId: SUBSCRIPTION_ID,
    resourceGroup: platform.system.resourceGroup,
    token: managementToken,
    tls: platform.tls,
    port: platform.ports.management,
    hostNames: {
      production: `127.0.0.1:${platform.ports.production}`,
      staging: `127.0.0.1:${platform.ports.staging}`,
    },
    annotationFile: platform.paths.annotations,
    accountKey: (account) => keyInGroup(platform, account),
    resolveText: (text) => resolveText(text, platform.resolver),
    log,
  });
  platform.onMountLost = (account) => restartMounting(site, account);
  const consoleListener = new ConsoleListener({
    port: platform.ports.console,
    program: options.consoleProgram,
    stateDir: platform.paths.root,
    logFile: join(platform.paths.logs, 'console.log'),
  });
  await consoleListener.listen();
  options.onProgress('starting the two workers');
  await site.start();
  await connect();
  await platform.secrets.saved();
  // One call at a time: two calls would start two servers on the same data.
  let switching: Promise<unknown> = Promise.resolve();
  const alone = <T>(action: () => Promise<T>): Promise<T> => {
    const result = switching.catch(() => undefined).then(action);
    switching = result;
    return result;
  };
  return {
    status: () => describeRegion(platform, workerOf),
    restartDead: () => alone(() => restartDeadServers(platform)),
    switchFault: (target, on) => alone(() => switchFault(platform, target, on)),
    adopt: async () => {
      const evaluation = await keptEvaluation(platform.paths);
      if (evaluation === undefined) return;
      platform.resolver.adopt(readDefinition(evaluation));
      await connect();
      await platform.secrets.saved();
    },
    stop: async () => {
      logs.stop();
      traffic.stop();
      await consoleListener.close();
      await plane.close();
      await site.stop();
      await stopPlatform(platform);
    },
  };
}

/** The account of the releases belongs to the shared stack, hence to another group. */
function keyInGroup({ accounts, system }: Platform, account: string): string | undefined {
  if (account === system.evaluation.outputs.releasesAccount) return undefined;
  return accounts.find(({ name }) => name === account)?.key;
}

/** A slot whose storage is away is restarted; its container then waits for the storage. */
function restartMounting(site: Site, account: string): void {
  for (const slot of ['production', 'staging'] as const) {
    const mounts = Object.values(site.state.slots[slot].storageMounts);
    if (!mounts.some(({ accountName }) => accountName === account)) continue;
    log({ event: 'mount-lost', slot, account });
    site.restart(slot).catch((error) => log({ event: 'restart-failed', slot, reason: messageOf(error) }));
  }
}

function log(event: { readonly event: string; readonly [detail: string]: unknown }): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), ...event }));
}

function resolveReference(reference: string, resolver: ProgramResolver): ResolvedReference {
  const named = secretOf(reference);
  const value = named && resolver.secret(named.vaultName, named.secretName);
  if (value === undefined) {
    const isOwn = named?.secretName.startsWith('app-') === true;
    const details = isOwn ? 'No value is set: ./slipway secret set' : 'The program creates no such secret.';
    return { status: 'SecretNotFound', details };
  }
  return { status: 'Resolved', activeVersion: createHash('sha256').update(value).digest('hex').slice(0, 32) };
}

async function restartDeadServers(platform: Platform): Promise<string[]> {
  const { mysql, redis, blob, front } = platform;
  const dead = Object.entries({ mysql, redis, blob, front }).filter(([, server]) => server.pid === undefined);
  await Promise.all([...dead.map(([, server]) => server.start()), switchFault(platform, 'sidecar', true)]);
  return dead.map(([name]) => name);
}
