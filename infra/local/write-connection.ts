import { join } from 'node:path';
import type { AccountAccess, Connection, SlotPaths } from '../lib/connection.ts';
import type { SlotName } from './appservice/worker.ts';
import type { Servers } from './platform.ts';
import { resolveText } from './program/resolver.ts';
import { writeJson } from './state/files.ts';
import type { WorkerId } from './state/paths.ts';

export interface ConnectionOptions {
  readonly servers: Servers;
  readonly subscriptionId: string;
  readonly managementToken: string;
  readonly workerOf: (slot: SlotName) => WorkerId;
}

/** Writes connection.json (0600): what people and outside tools need to reach this region. */
export async function writeConnection(options: ConnectionOptions): Promise<void> {
  await writeJson(options.servers.paths.connection, describeConnection(options));
}

function describeConnection({ servers, subscriptionId, managementToken, workerOf }: ConnectionOptions): Connection {
  const { ports, system, certificates, mysql } = servers;
  const media = accountOf(servers, 'media');
  const releases = accountOf(servers, String(system.evaluation.outputs.releasesContainer));
  const slot = (name: SlotName): SlotPaths => {
    const { home } = servers.workers[workerOf(name)];
    return { home, outbox: join(home, 'media', 'outbox'), synced: join(home, 'media', 'synced') };
  };
  return {
    production: `http://127.0.0.1:${ports.production}`,
    staging: `http://127.0.0.1:${ports.staging}`,
    management: `https://127.0.0.1:${ports.management}`,
    ca: certificates.caFile,
    subscriptionId,
    resourceGroup: system.resourceGroup,
    app: String(system.app.inputs.name),
    slot: 'staging',
    managementToken,
    cacheApiToken: secretOf(servers, 'cache-api-token'),
    releaseToken: secretOf(servers, 'release-token'),
    blob: media,
    releases,
    slots: { production: slot('production'), staging: slot('staging') },
    mysql: {
      socket: mysql.socket,
      database: system.database.name,
      user: system.database.user,
      password: resolveText(system.database.password, servers.resolver),
    },
    redis: {
      url: `rediss://:${encodeURIComponent(servers.resolver.placeholder(system.redisKey) ?? '')}@127.0.0.1:${ports.internal.redis}/0`,
    },
  };
}

function accountOf({ accounts, blob }: Servers, container: string): AccountAccess {
  const account = accounts.find(({ containers }) => containers.includes(container));
  return {
    endpoint: blob.endpoint(account?.name ?? ''),
    account: account?.name ?? '',
    container,
    key: account?.key ?? '',
  };
}

function secretOf({ system, resolver }: Servers, name: string): string {
  for (const vault of system.vaults.keys()) {
    const value = resolver.secret(vault, name);
    if (value !== undefined) return value;
  }
  return '';
}
