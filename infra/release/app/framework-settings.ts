import type { Kind } from './manifest-schema.ts';

type Settings = Readonly<Record<string, string>>;

/** `MYSQLI_CLIENT_SSL` of PHP. */
const MYSQLI_CLIENT_SSL = '2048';

/**
 * The program's data services under the names that a framework reads. Symfony and plain PHP read the program's own: DATABASE_URL, REDIS_URL
 * and TRUSTED_PROXIES, and the parts of the URLs.
 */
export function frameworkSettings(kind: Kind, wanted: Settings): Settings {
  return Object.fromEntries(
    Object.entries(byKind[kind](wanted)).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

type Named = Readonly<Record<string, string | undefined>>;

const byKind: Readonly<Record<Kind, (wanted: Settings) => Named>> = {
  laravel: (wanted) => ({
    DB_CONNECTION: 'mysql',
    DB_HOST: wanted.DATABASE_HOST,
    DB_PORT: wanted.DATABASE_PORT,
    DB_DATABASE: wanted.DATABASE_NAME,
    DB_USERNAME: wanted.DATABASE_USER,
    DB_PASSWORD: wanted.DATABASE_PASSWORD,
    MYSQL_ATTR_SSL_CA: wanted.TLS_CA_FILE,
    // Only the URL says TLS: Laravel's configuration as it comes has no setting for the scheme.
    REDIS_URL: wanted.REDIS_TLS_URL,
    REDIS_CLIENT: 'phpredis',
    // Azure Managed Redis has one database.
    REDIS_DB: '0',
    REDIS_CACHE_DB: '0',
  }),
  symfony: () => ({}),
  wordpress: (wanted) => ({
    DB_NAME: wanted.DATABASE_NAME,
    DB_USER: wanted.DATABASE_USER,
    DB_PASSWORD: wanted.DATABASE_PASSWORD,
    DB_HOST: joined(wanted.DATABASE_HOST, wanted.DATABASE_PORT),
    MYSQL_CLIENT_FLAGS: MYSQLI_CLIENT_SSL,
  }),
  php: () => ({}),
};

function joined(host: string | undefined, port: string | undefined): string | undefined {
  return host === undefined || port === undefined ? undefined : `${host}:${port}`;
}
