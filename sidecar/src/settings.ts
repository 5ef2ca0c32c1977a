import { CodedError } from './coded-error.ts';
import * as defaults from './defaults.ts';

/** The configuration of the sidecar: app settings and the platform's own variables. */
export interface Settings {
  readonly port: number;
  readonly slot: string;
  readonly mediaRoot: string;
  readonly blobEndpoint: string;
  readonly container: string;
  readonly clientId: string;
  readonly redis: { readonly host: string; readonly port: number; readonly password: string; readonly caFile: string };
  readonly releaseToken: string;
  readonly appUrl: string;
  readonly insights: string;
  readonly scanMs: number;
  readonly retentionMs: number;
  readonly drainTimeoutMs: number;
  readonly uploads: number;
  readonly maxWaiters: number;
  readonly stopMs: number;
  /** A file without the end of its format is carried as it is after this long without change. */
  readonly asIsMs: number;
  readonly metricExportMs: number;
  readonly site: string;
  readonly instance: string;
  /** Digest of the image that was wanted when this process started. */
  readonly digest: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const CA_BUNDLE = 'the path of a bundle of CA certificates';
const FIX =
  'set it in the app settings and name it in the site container, then restart; docs/reference/sidecar.md lists all of them';

/** Holds all problems, not only the first one. */
export class SettingsError extends Error {
  readonly problems: readonly CodedError[];

  constructor(problems: readonly CodedError[]) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

/**
 * Reads and checks all settings.
 *
 * On App Service an environment value of a site container is the *name* of an app setting, and an unknown name arrives as
 * an empty string. So an empty value is an error even where a default exists.
 *
 * `caFileProblem` returns why a file is not usable as a bundle of CA certificates, or undefined.
 */
export function readSettings(
  env: Env,
  hostname: string,
  caFileProblem: (path: string) => string | undefined,
): Settings {
  const problems: CodedError[] = [];
  const report = (name: string, found: string, expected: string): void => {
    problems.push(new CodedError('SLIP-SIDECAR-SETTING', `${name} ${found}`, expected, FIX));
  };

  const text = (name: string, expected: string): string => {
    const value = env[name];
    if (value === undefined) report(name, 'is missing', expected);
    else if (value.trim() === '') report(name, 'is empty', expected);
    return value ?? '';
  };
  const optional = (name: string): string => env[name] ?? '';
  const number = (name: string, unit: string, fallback: number, least: number, most: number, whole = true): number => {
    const value = env[name];
    if (value === undefined) return fallback;
    const expected = `a ${whole ? 'whole number' : 'number'} of ${unit} from ${least} to ${most}`;
    const parsed = Number(value);
    if (value.trim() === '') report(name, 'is empty', expected);
    else if (!Number.isFinite(parsed) || parsed < least || parsed > most || (whole && !Number.isInteger(parsed))) {
      report(name, `is ${JSON.stringify(value)}`, expected);
    }
    return parsed;
  };
  const checked = (name: string, expected: string, good: (value: string) => boolean): string => {
    const value = text(name, expected);
    if (value.trim() !== '' && !good(value)) report(name, `is ${JSON.stringify(value)}`, expected);
    return value;
  };

  const caFile = text('TLS_CA_FILE', CA_BUNDLE);
  const caProblem = caFile.trim() === '' ? undefined : caFileProblem(caFile);
  if (caProblem !== undefined) report('TLS_CA_FILE', `is ${JSON.stringify(caFile)}, which ${caProblem}`, CA_BUNDLE);
  const redisHost = checked('REDIS_HOST', 'a host, without a port', (value) => /^[^\s:/]+$/.test(value));
  const children = number('FPM_MAX_CHILDREN', 'php-fpm children', defaults.MEDIA_MAX_WAITERS * 2, 1, 10_000);
  const settings: Settings = {
    port: number('SIDECAR_PORT', 'a port', defaults.SIDECAR_PORT, 1, 65_535),
    slot: text('SLOT_NAME', 'production or staging'),
    mediaRoot: checked('MEDIA_ROOT', 'an absolute path, /home/media', (value) => value.startsWith('/')),
    blobEndpoint: checked('MEDIA_BLOB_ENDPOINT', 'an https address, https://ACCOUNT.blob.core.windows.net/', isHttps),
    container: checked('MEDIA_CONTAINER', 'a Blob container name', (value) => /^[a-z0-9][a-z0-9-]{2,62}$/.test(value)),
    clientId: text('AZURE_CLIENT_ID', 'the client id of the user-assigned identity'),
    redis: {
      host: redisHost,
      port: number('REDIS_PORT', 'a port', defaults.REDIS_PORT, 1, 65_535),
      password: text('REDIS_PASSWORD', 'the access key of Redis'),
      caFile,
    },
    releaseToken: text('RELEASE_TOKEN', 'the token of the internal routes of the web application'),
    appUrl: checked('APP_INTERNAL_URL', 'http://127.0.0.1:PORT or unix:/path', isLoopback),
    insights: checked(
      'APPLICATIONINSIGHTS_CONNECTION_STRING',
      'InstrumentationKey=…;IngestionEndpoint=…',
      (value) => value.startsWith('@') || /InstrumentationKey=/i.test(value),
    ),
    scanMs: number('MEDIA_SCAN_MS', 'milliseconds', defaults.MEDIA_SCAN_MS, 10, 60_000),
    retentionMs: 3_600_000 * number('MEDIA_RETENTION_HOURS', 'hours', defaults.MEDIA_RETENTION_HOURS, 0, 8_760, false),
    drainTimeoutMs:
      1_000 *
      number('MEDIA_DRAIN_TIMEOUT_S', 'seconds', defaults.MEDIA_DRAIN_TIMEOUT_S, 1, defaults.DRAIN_TIMEOUT_LIMIT_S),
    uploads: number('MEDIA_UPLOADS', 'files at once', defaults.MEDIA_UPLOADS, 1, 256),
    maxWaiters: number('MEDIA_MAX_WAITERS', 'callers', Math.max(1, Math.floor(children / 2)), 1, 10_000),
    asIsMs: 1_000 * number('MEDIA_AS_IS_S', 'seconds', defaults.MEDIA_AS_IS_S, 1, 86_400),
    stopMs: 1_000 * number('MEDIA_STOP_S', 'seconds', defaults.MEDIA_STOP_S, 1, 115),
    // The name is OpenTelemetry's.
    metricExportMs: number('OTEL_METRIC_EXPORT_INTERVAL', 'milliseconds', defaults.METRIC_EXPORT_MS, 1_000, 3_600_000),
    site: env.WEBSITE_SITE_NAME ?? '',
    instance: env.WEBSITE_INSTANCE_ID ?? hostname,
    digest: optional('SIDECAR_DIGEST'),
  };
  // The identity library reads these two itself. Without them it would use the endpoint of a virtual machine.
  text('IDENTITY_ENDPOINT', 'set by App Service when the app has an identity');
  text('IDENTITY_HEADER', 'set by App Service when the app has an identity');

  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

/** Settings that hold the literal text of a Key Vault reference, which App Service passes on when it cannot resolve one. */
export function unresolvedReferences(env: Env): string[] {
  const names = ['REDIS_PASSWORD', 'RELEASE_TOKEN', 'APPLICATIONINSIGHTS_CONNECTION_STRING'];
  return names.filter((name) => env[name]?.startsWith('@Microsoft.KeyVault(') === true);
}

function isHttps(value: string): boolean {
  return URL.canParse(value) && new URL(value).protocol === 'https:';
}

function isLoopback(value: string): boolean {
  if (value.startsWith('unix:/')) return true;
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
}
