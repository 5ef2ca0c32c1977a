import { createHash } from 'node:crypto';
import { SUBSCRIPTION_ID } from '../evaluate/subscription.ts';
import { type ResolvedReference, secretOf } from './appservice/key-vault-references.ts';
import { Site } from './appservice/site.ts';
import type { SlotName } from './appservice/worker.ts';
import { ManagementPlane } from './arm/management-plane.ts';
import { type RegionOptions, type Servers, startServers, stopServers } from './platform.ts';
import { LogLimit } from './processes/log-rotation.ts';
import { type Resolver, resolveText } from './program/resolver.ts';
import { siteDefinition } from './program/site-definition.ts';
import { describeRegion, type RegionStatus } from './status.ts';
import type { ProcessWorker } from './worker/process-worker.ts';
import { writeConnection } from './write-connection.ts';

export interface RunningRegion {
  status(): Promise<RegionStatus>;
  /** Starts data servers that died; returns their names. */
  heal(): Promise<string[]>;
  stop(): Promise<void>;
}

/** The whole region: the servers, and on them the site with its two slots and the management plane. */
export async function runRegion(options: RegionOptions): Promise<RunningRegion> {
  const servers = await startServers(options);
  const managementToken = servers.secrets.get('management-token');
  const site = await Site.open({
    definition: siteDefinition(servers.system),
    workers: servers.workers,
    front: servers.front,
    stateFile: servers.paths.site,
    resolveReference: async (reference) => resolveReference(reference, servers.resolver),
    onSwitched: () => connect(),
    log,
  });
  const workerOf = (slot: SlotName): ProcessWorker => servers.workers[site.state.slots[slot].worker];
  const connect = () =>
    writeConnection({
      servers,
      subscriptionId: SUBSCRIPTION_ID,
      managementToken,
      workerOf: (slot) => workerOf(slot).id,
    });
  const logs = new LogLimit(servers.paths.logs);
  logs.start();
  const plane = await ManagementPlane.listen({
    site,
    subscriptionId: SUBSCRIPTION_ID,
    resourceGroup: servers.system.resourceGroup,
    token: managementToken,
    tls: servers.tls,
    port: servers.ports.management,
    hostNames: {
      production: `127.0.0.1:${servers.ports.production}`,
      staging: `127.0.0.1:${servers.ports.staging}`,
    },
    resolveText: (text) => resolveText(text, servers.resolver),
    log,
  });
  options.onProgress('starting the two workers');
  await site.start();
  await connect();
  await servers.secrets.saved();
  // One at a time: two would start two servers on the same data.
  let healing: Promise<string[]> = Promise.resolve([]);
  return {
    status: () => describeRegion(servers, workerOf),
    heal: () => {
      healing = healing.catch(() => []).then(() => healServers(servers));
      return healing;
    },
    stop: async () => {
      logs.stop();
      await plane.close();
      await site.stop();
      await stopServers(servers);
    },
  };
}

function log(event: { readonly event: string }): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), ...event }));
}

function resolveReference(reference: string, resolver: Resolver): ResolvedReference {
  const named = secretOf(reference);
  const value = named && resolver.secret(named.vaultName, named.secretName);
  if (value === undefined) return { status: 'SecretNotFound', details: 'The program creates no such secret.' };
  return { status: 'Resolved', activeVersion: createHash('sha256').update(value).digest('hex').slice(0, 32) };
}

async function healServers({ mysql, redis, blob, front }: Servers): Promise<string[]> {
  const dead = Object.entries({ mysql, redis, blob, front }).filter(([, server]) => server.pid === undefined);
  await Promise.all(dead.map(([, server]) => server.start()));
  return dead.map(([name]) => name);
}
