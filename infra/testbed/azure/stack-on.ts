import { ContainerClient } from '@azure/storage-blob';
import { asWanted } from '../../lib/wanted.ts';
import { type Stack, type StackOptions, stackOf } from '../../operate/stack.ts';
import type { HistoryEntry } from '../../release/store/history.ts';
import { Seal } from '../../release/store/seal.ts';
import { incomplete } from '../../release/target/stack-outputs.ts';
import type { ReleaseTarget } from '../../release/target/target.ts';
import { type AzureServer, NOW } from './azure-server.ts';

const KEY_VAULT = 'https://kv-slipway.vault.azure.net/secrets';
const reference = (secret: string): string => `@Microsoft.KeyVault(SecretUri=${KEY_VAULT}/${secret})`;

export const SITE = {
  subscriptionId: '11111111-2222-4333-8444-555555555555',
  resourceGroup: 'rg-slipway-prod',
  app: 'app-slipway-prod',
  slot: 'staging',
};

/** The stack's outputs, as `pulumi stack output --json` prints them. */
export const OUTPUTS = {
  subscriptionId: SITE.subscriptionId,
  resourceGroupName: SITE.resourceGroup,
  appName: SITE.app,
  slotName: SITE.slot,
  hostNames: { production: 'www.example.org', staging: 'staging.example.org' },
  releasesEndpoint: 'https://streleases.blob.core.windows.net/',
  releasesContainer: 'releases',
  vaultName: 'kv-slipway',
  databaseAdministrator: 'slipwayadmin',
  wanted: {
    stack: 'PHP|8.4',
    command: 'bash /home/site/wwwroot/slipway/startup.sh',
    mounts: {
      media: {
        type: 'AzureBlob',
        protocol: 'Http',
        accountName: 'stslipwaymedia',
        shareName: 'media',
        mountPath: '/mounts/media',
      },
    },
    settings: {
      APP_ENV: 'prod',
      CACHE_API_TOKEN: reference('cache-api-token'),
      DATABASE_PASSWORD: reference('database-password'),
      RELEASE_TOKEN: reference('release-token'),
    },
    siteContainers: [
      {
        name: 'sidecar',
        properties: {
          image: `acrslipway.azurecr.io/slipway/sidecar@sha256:${'a'.repeat(64)}`,
          targetPort: '8181',
          isMain: false,
        },
      },
    ],
    slotStickyNames: ['SLOT_NAME'],
    stickySettings: { production: { SLOT_NAME: 'production' }, staging: { SLOT_NAME: 'staging' } },
  },
};

/** The release that is live. */
export const LIVE: HistoryEntry = {
  id: '01KB5Z3N8W6J6H1T9Y2D4C8M7Q',
  kind: 'release',
  outcome: 'live',
  version: '3f2a91c0d4be',
  from: '72c32c3c38e8',
  sha256: 'b'.repeat(64),
  bytes: 3_100_000,
  schemaMin: '20260101000000',
  schemaMax: '20261101000000',
  who: 'octocat',
  command: 'release',
  startedAt: '2026-11-28T20:09:00.000Z',
  ms: 20_400,
  steps: [],
  gates: [],
  requests: { sent: 204, lost: 0 },
  smoke: ['/'],
  provides: {},
  settings: OUTPUTS.wanted.settings,
  siteContainers: OUTPUTS.wanted.siteContainers,
  stack: OUTPUTS.wanted.stack,
  startupCommand: OUTPUTS.wanted.command,
  mounts: {
    media: {
      type: 'AzureBlob',
      protocol: 'Http',
      accountName: 'stslipwaymedia',
      shareName: 'media',
      mountPath: '/mounts/media',
    },
  },
};

/** What a slot answers itself: it runs a version and is healthy. */
export function answerAsSlot(azure: AzureServer, url: string, slot: 'production' | 'staging', version: string): void {
  const { host } = new URL(url);
  const running = {
    version,
    schema: '20261101000000',
    schemaMin: '20260101000000',
    schemaMax: '20261101000000',
    slot,
    startedAt: '2026-11-28T20:10:00Z',
  };
  azure.replies.set(`GET ${host}/_slipway/version`, { body: running });
  azure.replies.set(`GET ${host}/_slipway/health`, {
    body: { status: 'pass', checks: { mysql: [{ status: 'pass' }] } },
  });
  azure.replies.set(`GET ${host}/_slipway/media`, {
    body: { pending: 0, oldestSeconds: 0, synced: 12, stuck: [], conflicts: [], rows: { waiting: 0, refused: 0 } },
  });
  azure.replies.set(`GET ${host}/_slipway/release/live`, {
    body: { version, declared: version, hasWorkers: false, instances: [] },
  });
}

export const SEAL = 'the seal of the stack';

const BLOB_HEADERS = { etag: '"1"', 'last-modified': 'Sat, 28 Nov 2026 20:10:00 GMT', 'x-ms-blob-type': 'BlockBlob' };

/** What the releases container holds, by the path of its address. */
export function answerAsStore(azure: AzureServer, container: string, lines: readonly object[], lock?: object): void {
  const seal = new Seal(SEAL, 'prod');
  const history = lines.map((line) => `${JSON.stringify({ ...line, mac: seal.of('history', line) })}\n`);
  const blobs = { 'history.jsonl': history.join(''), 'lock.json': JSON.stringify(lock ?? {}) };
  for (const [name, body] of Object.entries(blobs)) {
    azure.replies.set(`GET ${container}/prod/${name}`, { body, headers: BLOB_HEADERS });
  }
}

/** A stack whose every part is the server. The slots are two addresses of it. */
export function stackOn(azure: AzureServer, options: Partial<StackOptions> = {}): Stack {
  answerAsSlot(azure, azure.plain, 'production', LIVE.version);
  answerAsSlot(azure, azure.second, 'staging', '72c32c3c38e8');
  answerAsStore(azure, '/streleases/releases', [LIVE]);
  const credential = { getToken: async () => ({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const target: ReleaseTarget = {
    stack: 'prod',
    site: SITE,
    management: { credential, endpoint: azure.endpoint, ca: azure.ca, pollMs: 1 },
    urls: { production: azure.plain, staging: azure.second },
    releases: new ContainerClient(`${azure.plain}/streleases/releases`, undefined, { retryOptions: { maxTries: 1 } }),
    limits: {
      startMs: 1,
      steadyMs: 1,
      settleMs: 1,
      liveMs: 1,
      answerMs: 1,
      returnMs: 1,
      swapShowsMs: 1,
      referencesMs: 1,
      drainMs: 1,
    },
    tokens: async () => ({ cacheApi: 'c', release: 'r', seal: SEAL }),
    administrator: async () => ({ user: 'u', password: 'p' }),
    imageState: async () => 'unknown',
    missingSecrets: async () => [],
    slotLog: async () => [],
    annotate: async () => undefined,
    wanted: async () => asWanted(OUTPUTS.wanted, (path) => incomplete(path, 'the test')),
  };
  return stackOf(target, { now: () => NOW, logAnalytics: azure.endpoint, callMs: 60_000, retryDelayMs: 1, ...options });
}
