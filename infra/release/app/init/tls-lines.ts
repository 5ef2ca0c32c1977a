import type { TreeSigns } from '../kind.ts';
import type { Kind } from '../manifest-schema.ts';

/** A line that an application needs so that its connections to the data services are encrypted and checked. */
export interface TlsLine {
  readonly file: string;
  /** Where in the file. */
  readonly place: string;
  readonly line: string;
}

/** What is missing in an application's own configuration for TLS to MySQL and Redis, which both regions demand. Empty when nothing is. */
export async function missingTlsLines(kind: Kind, signs: TreeSigns): Promise<TlsLine[]> {
  return byKind[kind](signs);
}

const byKind: Readonly<Record<Kind, (signs: TreeSigns) => Promise<TlsLine[]>>> = {
  laravel: async ({ read }) => {
    const file = 'config/database.php';
    const text = await read(file);
    if (text === '') return [];
    return [
      ...(/['"]mysql['"]\s*=>/.test(text) && !text.includes('MYSQL_ATTR_SSL_CA')
        ? [
            {
              file,
              place: 'connections.mysql',
              line: "'options' => array_filter([PDO::MYSQL_ATTR_SSL_CA => env('MYSQL_ATTR_SSL_CA')]),",
            },
          ]
        : []),
      ...(/['"]redis['"]\s*=>/.test(text) && !/REDIS_URL|REDIS_SCHEME/.test(text)
        ? [{ file, place: 'redis.default and redis.cache', line: "'url' => env('REDIS_URL')," }]
        : []),
    ];
  },
  // DATABASE_URL and REDIS_URL say it themselves.
  symfony: async () => [],
  wordpress: async ({ read }) => {
    const text = await read('wp-config.php');
    if (text.includes('MYSQL_CLIENT_FLAGS')) return [];
    return [
      {
        file: 'wp-config.php',
        place: text === '' ? 'which is not there' : 'above wp-settings.php',
        line: "define('MYSQL_CLIENT_FLAGS', (int) getenv('MYSQL_CLIENT_FLAGS'));",
      },
    ];
  },
  php: async () => [],
};
