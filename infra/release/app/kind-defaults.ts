import type { TreeSigns } from './kind.ts';
import type { Kind, Manifest } from './manifest-schema.ts';

/** What holds for a kind where `slipway.yaml` says nothing. A default stands on what the tree has, so it names nothing that is not there. */
export async function kindDefaults(kind: Kind, signs: TreeSigns): Promise<Manifest> {
  return { kind, ...common, ...(await byKind[kind](signs)) };
}

const common = {
  composer: { lock: 'composer.lock', plugins: [], scripts: [] },
  build: [],
  include: [],
  start: [],
  writable: [],
  php: { body: '64m', requestSeconds: 60, memory: '256M', extensions: [], ini: {} },
  media: [],
  migrate: null,
  health: { live: null, deep: null },
  smoke: ['/'],
  workers: {},
  schedule: {},
  env: {},
  secrets: [],
  provides: {},
} satisfies Manifest;

const byKind: Readonly<Record<Kind, (signs: TreeSigns) => Promise<Manifest>>> = {
  laravel: async ({ has, read }) => ({
    root: 'public',
    scripts: 'index.php',
    composer: { lock: 'composer.lock', plugins: [], scripts: ['post-autoload-dump'] },
    start: ['php artisan config:cache'],
    writable: ['storage', 'bootstrap/cache'],
    media: [
      ...((await has('storage/media')) ? [{ path: 'storage/media', url: '/media', mode: 'shared' as const }] : []),
      { path: 'storage/app/public', url: '/storage', mode: 'shared' },
    ],
    ...((await has('database/migrations'))
      ? {
          migrate: {
            run: 'php artisan migrate --force',
            pretend: 'php artisan migrate --pretend --force',
            files: 'database/migrations',
            contract: [],
          },
        }
      : {}),
    // Laravel 11 and newer name it in their bootstrap file; older ones have no such route.
    health: { live: /\bhealth:\s*['"]\/up['"]/.test(await read('bootstrap/app.php')) ? '/up' : null, deep: null },
    env: {
      APP_ENV: 'production',
      APP_DEBUG: 'false',
      LOG_CHANNEL: 'stderr',
      SESSION_DRIVER: 'redis',
      CACHE_DRIVER: 'redis',
      CACHE_STORE: 'redis',
      QUEUE_CONNECTION: 'redis',
    },
    secrets: ['APP_KEY'],
  }),
  symfony: async ({ has, required }) => ({
    root: 'public',
    scripts: 'index.php',
    composer: {
      lock: 'composer.lock',
      plugins: required.has('symfony/runtime') ? ['symfony/runtime'] : [],
      scripts: [],
    },
    writable: ['var'],
    ...((await has('migrations')) && required.has('doctrine/doctrine-migrations-bundle')
      ? {
          migrate: {
            run: 'php bin/console doctrine:migrations:migrate --no-interaction --allow-no-migration',
            pretend: 'php bin/console doctrine:migrations:migrate --dry-run --no-interaction --allow-no-migration -vvv',
            files: 'migrations',
            contract: [],
          },
        }
      : {}),
    env: { APP_ENV: 'prod', APP_DEBUG: '0' },
    secrets: ['APP_SECRET'],
  }),
  wordpress: async ({ has }) => {
    const below = (await has('web/wp')) ? 'web/app' : 'wp-content';
    return {
      root: (await has('web/wp')) ? 'web' : '.',
      scripts: 'all',
      media: [{ path: `${below}/uploads`, url: `/${below.replace(/^web\//, '')}/uploads`, mode: 'shared' }],
      env: { DISALLOW_FILE_MODS: 'true', DISABLE_WP_CRON: 'true' },
    };
  },
  php: async ({ has }) => {
    const root = (await has('public')) ? 'public' : (await has('web')) ? 'web' : '.';
    return { root, scripts: 'index.php' };
  },
};
