import { type Input, interpolate } from '@pulumi/pulumi';
import type { CREDENTIALS } from '../../../lib/credentials.ts';
import { type Config, sidecarDigest } from '../../config/config.ts';
import { fpmChildren, PLAN_SKUS } from '../plan/plan-sizes.ts';
import { acceptedTokens, currentLogin, TOKENS } from '../vault/rotation.ts';
import { CA_FILE } from './paths.ts';

/** Paths inside the container and the paths that are probed. */
export const PATHS = {
  startup: 'bash /home/site/wwwroot/slipway/startup.sh',
  live: '/_slipway/live',
  ready: '/_slipway/ready',
  mediaRoot: '/home/media',
  mediaMount: '/mounts/media',
  mediaShare: '/mounts/shared',
  caFile: CA_FILE,
} as const;

/** What a site is started with. */
export function startOf({ web }: Config): { readonly stack: string; readonly command: string } {
  return { stack: `PHP|${web.phpVersion}`, command: PATHS.startup };
}

const PHP_PORT = 8080;
export const SIDECAR_PORT = 8181;

/** The only sticky setting. Any other one would change in staging when a swap is prepared, after it was verified. */
export const STICKY_SETTINGS = { production: { SLOT_NAME: 'production' }, staging: { SLOT_NAME: 'staging' } } as const;
export type SlotName = keyof typeof STICKY_SETTINGS;

/**
 * Proxies between visitors and nginx. App Service's front ends reach the container from link-local and private addresses;
 * `unix:` is a front on the same machine.
 */
const PLATFORM_PROXIES = ['unix:', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '10.0.0.0/8'];

/** App settings by name. */
export type Settings = Readonly<Record<string, Input<string>>>;

export interface SettingsInput {
  readonly config: Config;
  readonly vaultName: string;
  readonly databaseHost: Input<string>;
  readonly databasePort: Input<string>;
  readonly databaseName: string;
  readonly databaseUser: string;
  readonly redisHost: Input<string>;
  readonly redisPort: Input<string>;
  readonly mediaEndpoint: Input<string>;
  readonly mediaContainer: Input<string>;
  readonly identityClientId: Input<string>;
  readonly insightsConnectionString: Input<string>;
}

/**
 * App settings of the web application and its sidecar, without the sticky ones. Pulumi writes them at creation; from then on
 * releases do. Names: https://learn.microsoft.com/azure/app-service/reference-app-settings (WEBSITE…, SCM…), the rest is ours.
 */
export function appSettings(input: SettingsInput): Settings {
  const { config, vaultName } = input;
  const { web, media, plan, edge } = config;
  const digest = sidecarDigest(config);
  return {
    APP_INTERNAL_URL: `http://127.0.0.1:${PHP_PORT}`,
    TLS_CA_FILE: PATHS.caFile,

    DATABASE_HOST: input.databaseHost,
    DATABASE_PORT: input.databasePort,
    DATABASE_NAME: input.databaseName,
    REDIS_HOST: input.redisHost,
    REDIS_PORT: input.redisPort,
    REDIS_PASSWORD: vaultReference(vaultName, 'redis-key'),
    REDIS_URL: vaultReference(vaultName, 'redis-url'),
    REDIS_TLS_URL: vaultReference(vaultName, 'redis-url-tls'),
    ...credentials(input),

    MEDIA_ROOT: PATHS.mediaRoot,
    ...(media.mount ? { MEDIA_MOUNT: PATHS.mediaMount } : {}),
    ...(media.shareGb > 0 ? { MEDIA_SHARE: PATHS.mediaShare } : {}),
    MEDIA_BLOB_ENDPOINT: input.mediaEndpoint,
    MEDIA_CONTAINER: input.mediaContainer,
    MEDIA_WAIT_MS: String(media.waitMs),
    MEDIA_RETENTION_HOURS: String(media.retentionHours),
    MEDIA_DRAIN_TIMEOUT_S: String(media.drainTimeoutSeconds),
    MEDIA_SCAN_MS: String(media.scanMs),
    SIDECAR_PORT: String(SIDECAR_PORT),
    // The sidecar reports it, so a release can tell that the wanted image is running.
    ...(digest === undefined ? {} : { SIDECAR_DIGEST: digest }),
    AZURE_CLIENT_ID: input.identityClientId,
    APPLICATIONINSIGHTS_CONNECTION_STRING: input.insightsConnectionString,

    FPM_MAX_CHILDREN: String(web.fpmChildren > 0 ? web.fpmChildren : fpmChildren(PLAN_SKUS[plan.sku])),
    IMAGE_RATE_PER_MINUTE: String(web.imageRatePerMinute),
    TRUSTED_PROXIES: [...PLATFORM_PROXIES, ...web.trustedProxies].join(','),
    // Front Door's ranges are many and change, so the platform's front end cannot name the visitor. Front Door sends its
    // peer's address in a header of its own: https://learn.microsoft.com/azure/frontdoor/front-door-http-headers-protocol
    ...(edge.enabled ? { CLIENT_ADDRESS_HEADER: 'X-Azure-SocketIP' } : {}),

    // Without these any status counts as warm, even 500. Site containers start in no order, so a swap waits for the sidecar.
    WEBSITE_SWAP_WARMUP_PING_PATH: PATHS.ready,
    WEBSITE_SWAP_WARMUP_PING_STATUSES: '200',
    WEBSITE_WARMUP_PATH: PATHS.ready,
    WEBSITE_WARMUP_STATUSES: '200',
    // /home has to be mounted into the sidecar, which carries the files that PHP writes there.
    WEBSITES_ENABLE_APP_SERVICE_STORAGE: 'true',
    // The default is 5 s, the maximum 120 s.
    WEBSITES_CONTAINER_STOP_TIME_LIMIT: '120',
    // The package contains vendor/; Oryx would install development packages into it.
    SCM_DO_BUILD_DURING_DEPLOYMENT: 'false',
  };
}

function credentials({
  config,
  vaultName,
  databaseUser,
}: SettingsInput): Record<(typeof CREDENTIALS)[number], Input<string>> {
  const { rotation } = config.secrets;
  const login = currentLogin(rotation);
  const [cache, release] = TOKENS.map((token) => acceptedTokens(token, rotation));
  const reference = (secret = ''): string => vaultReference(vaultName, secret);
  return {
    DATABASE_USER: databaseUser,
    DATABASE_PASSWORD: reference(`database-password-${login}`),
    DATABASE_URL: reference(`database-url-${login}`),
    CACHE_API_TOKEN: reference(cache?.current),
    CACHE_API_TOKEN_NEXT: reference(cache?.next),
    RELEASE_TOKEN: reference(release?.current),
    RELEASE_TOKEN_NEXT: reference(release?.next),
    CREDENTIALS_ROTATION: String(rotation),
  };
}

/** Without a version, so a rotated secret arrives without a release. https://learn.microsoft.com/azure/app-service/app-service-key-vault-references */
function vaultReference(vaultName: string, secret: string): string {
  return `@Microsoft.KeyVault(SecretUri=https://${vaultName}.vault.azure.net/secrets/${secret})`;
}

/** All settings of one slot, the sticky one included. */
export function slotSettings(common: Settings, slot: SlotName): Settings {
  return { ...common, ...STICKY_SETTINGS[slot] };
}

/** Names of the app settings in the sidecar's environment; it sees no others. */
export const SIDECAR_ENVIRONMENT = [
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'APP_INTERNAL_URL',
  'AZURE_CLIENT_ID',
  'FPM_MAX_CHILDREN',
  'MEDIA_BLOB_ENDPOINT',
  'MEDIA_CONTAINER',
  'MEDIA_DRAIN_TIMEOUT_S',
  'MEDIA_RETENTION_HOURS',
  'MEDIA_ROOT',
  'MEDIA_SCAN_MS',
  'REDIS_HOST',
  'REDIS_PASSWORD',
  'REDIS_PORT',
  'RELEASE_TOKEN',
  'SIDECAR_DIGEST',
  'SIDECAR_PORT',
  'SLOT_NAME',
  'TLS_CA_FILE',
] as const;

export interface SiteContainerInput {
  readonly config: Config;
  readonly digest: string;
  readonly loginServer: Input<string>;
  readonly identityClientId: Input<string>;
}

export const SIDECAR_NAME = 'sidecar';

/**
 * The sidecar's definition in the form of the API. `environmentVariables[].value` is the *name* of an app setting; targetPort
 * is a string. https://learn.microsoft.com/azure/app-service/configure-sidecar
 */
export function siteContainer({ config, digest, loginServer, identityClientId }: SiteContainerInput) {
  return {
    image: interpolate`${loginServer}/${config.sidecar.repository}@${digest}`,
    isMain: false,
    targetPort: String(SIDECAR_PORT),
    authType: 'UserAssigned' as const,
    userManagedIdentityClientId: identityClientId,
    inheritAppSettingsAndConnectionStrings: false,
    environmentVariables: SIDECAR_ENVIRONMENT.map((name) => ({ name, value: name })),
  };
}
