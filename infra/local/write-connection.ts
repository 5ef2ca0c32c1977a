import { join } from 'node:path';
import type { AccountAccess, Connection, SlotPaths } from '../lib/connection.ts';
import { secretOf as secretNamed } from './appservice/key-vault-references.ts';
import type { SlotName } from './appservice/worker.ts';
import type { Platform } from './platform.ts';
import { writeJson } from './state/files.ts';
import type { WorkerId } from './state/paths.ts';

/** Name of the console's token among the region's secrets: it is kept, so that an open page survives a restart. */
export const CONSOLE_TOKEN = 'console-token';

export interface ConnectionOptions {
  readonly platform: Platform;
  readonly subscriptionId: string;
  readonly managementToken: string;
  readonly workerOf: (slot: SlotName) => WorkerId;
}

/** Writes connection.json (0600): what people and outside tools need to reach this region. */
export async function writeConnection(options: ConnectionOptions): Promise<void> {
  await writeJson(options.platform.paths.connection, describeConnection(options));
}

function describeConnection({ platform, subscriptionId, managementToken, workerOf }: ConnectionOptions): Connection {
  const { ports, system, certificates, mysql, secrets } = platform;
  const media = accountOf(platform, 'media');
  const releases = accountOf(platform, String(system.evaluation.outputs.releasesContainer));
  const slot = (name: SlotName): SlotPaths => {
    const { home } = platform.workers[workerOf(name)];
    return { home, outbox: join(home, 'media', 'outbox'), synced: join(home, 'media', 'synced') };
  };
  return {
    production: `http://127.0.0.1:${ports.production}`,
    staging: `http://127.0.0.1:${ports.staging}`,
    management: `https://127.0.0.1:${ports.management}`,
    console: { url: `http://127.0.0.1:${ports.console}/?token=${secrets.get(CONSOLE_TOKEN)}` },
    ca: certificates.caFile,
    subscriptionId,
    resourceGroup: system.resourceGroup,
    app: String(system.app.inputs.name),
    slot: 'staging',
    managementToken,
    cacheApiToken: secretBehind(platform, 'CACHE_API_TOKEN'),
    releaseToken: secretBehind(platform, 'RELEASE_TOKEN'),
    releaseSeal: secretOf(platform, 'release-seal'),
    blob: media,
    releases,
    slots: { production: slot('production'), staging: slot('staging') },
    mysql: {
      socket: mysql.socket,
      database: system.database.name,
      ...mysql.administrator,
    },
    redis: { url: platform.redis.url },
  };
}

function accountOf({ accounts, blob }: Platform, container: string): AccountAccess {
  const account = accounts.find(({ containers }) => containers.includes(container));
  return {
    endpoint: blob.endpoint(account?.name ?? ''),
    account: account?.name ?? '',
    container,
    key: account?.key ?? '',
  };
}

/** The secret that a wanted setting refers to. */
function secretBehind(platform: Platform, setting: string): string {
  const reference = platform.resolver.definition.wanted.settings[setting] ?? '';
  return secretOf(platform, secretNamed(reference)?.secretName ?? '');
}

function secretOf({ resolver }: Platform, name: string): string {
  for (const vault of resolver.definition.vaults.keys()) {
    const value = resolver.secret(vault, name);
    if (value !== undefined) return value;
  }
  return '';
}
