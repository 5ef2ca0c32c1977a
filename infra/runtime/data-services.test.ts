import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { removeDisk } from '../local/worker/remove-disk.ts';
import { frameworkSettings } from '../release/app/framework-settings.ts';
import { buildPackage } from '../release/package/build-package.ts';
import { Container } from '../testbed/container.ts';
import { DataServices } from '../testbed/data-services.ts';

/** Connects as each framework does with the settings of its names, and says by which cipher. */
const APPLICATION = `<?php
  require getenv('DBAL_AUTOLOAD');
  $cipher = static fn (PDO $it): string => $it->query("SHOW STATUS LIKE 'Ssl_cipher'")->fetch(PDO::FETCH_NUM)[1];
  $redis = static function (string $url): bool {
    ['scheme' => $scheme, 'host' => $host, 'port' => $port, 'user' => $user, 'pass' => $pass, 'path' => $path] = parse_url($url);
    $it = new Redis();
    $it->connect(['tls' => 'tls', 'rediss' => 'tls'][$scheme].'://'.$host, $port, 2);
    $it->auth([$user, rawurldecode($pass)]);
    return $it->select((int) trim($path, '/')) && $it->set('it', 'x');
  };
  header('Content-Type: application/json');
  try {
    echo json_encode(match (strtok($_SERVER['REQUEST_URI'], '?')) {
      '/laravel' => [
        'mysql' => $cipher(new PDO(
          sprintf('%s:host=%s;port=%s;dbname=%s', getenv('DB_CONNECTION'), getenv('DB_HOST'), getenv('DB_PORT'), getenv('DB_DATABASE')),
          getenv('DB_USERNAME'), getenv('DB_PASSWORD'), array_filter([PDO::MYSQL_ATTR_SSL_CA => getenv('MYSQL_ATTR_SSL_CA')]),
        )),
        'redis' => $redis(getenv('REDIS_URL')),
      ],
      '/symfony' => [
        'mysql' => Doctrine\\DBAL\\DriverManager::getConnection((new Doctrine\\DBAL\\Tools\\DsnParser(['mysql' => 'pdo_mysql']))->parse(getenv('DATABASE_URL')))
          ->fetchNumeric("SHOW STATUS LIKE 'Ssl_cipher'")[1],
        'redis' => $redis(getenv('REDIS_URL')),
      ],
      '/wordpress' => (static function (): array {
        [$host, $port] = explode(':', getenv('DB_HOST'));
        $it = mysqli_init();
        $it->real_connect($host, getenv('DB_USER'), getenv('DB_PASSWORD'), getenv('DB_NAME'), (int) $port, null, (int) getenv('MYSQL_CLIENT_FLAGS'));
        return ['mysql' => $it->query("SHOW STATUS LIKE 'Ssl_cipher'")->fetch_row()[1]];
      })(),
      '/slow' => (static function (): array {
        session_start();
        $seen = $_SESSION['slow'] ?? 0;
        usleep(100_000);
        $_SESSION['slow'] = $seen + 1;
        return [];
      })(),
      '/session' => (static function (): array {
        session_start();
        $_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
        return $_SESSION + ['handler' => ini_get('session.save_handler')];
      })(),
    });
  } catch (Throwable $failure) {
    http_response_code(500);
    echo json_encode(['failure' => $failure->getMessage()]);
  }`;

let scratch: string;
let zip: string;
let services: DataServices;
let wanted: Record<string, string>;
const containers: Container[] = [];

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sw-data-'));
  const source = join(scratch, 'source');
  await mkdir(join(source, 'public'), { recursive: true });
  await writeFile(join(source, 'public/index.php'), APPLICATION);
  const request = { source, outDir: join(scratch, 'out'), cacheDir: join(scratch, 'cache') };
  const [{ file }, started] = await Promise.all([buildPackage(request), DataServices.start(join(scratch, 'state'))]);
  zip = file;
  services = started;
  wanted = {
    ...services.settings,
    DBAL_AUTOLOAD: fileURLToPath(new URL('../../webapplication/vendor/autoload.php', import.meta.url)),
  };
});

afterAll(async () => {
  await Promise.all(containers.map((each) => each.stop()));
  await services?.stop();
  await removeDisk(scratch);
});

async function started(name: string, settings: Readonly<Record<string, string>>): Promise<Container> {
  const container = await Container.create(join(scratch, name), zip, settings);
  containers.push(container);
  await container.start();
  return container;
}

async function json(container: Container, path: string, session = ''): Promise<unknown> {
  const answer = await fetch(`${container.url}${path}`, { headers: { cookie: `PHPSESSID=${session}` } });
  return answer.json();
}

describe('with the names of its framework an application reaches, over TLS,', () => {
  test.each(['laravel', 'symfony'] as const)('%s: MySQL and Redis', async (kind) => {
    const container = await started(kind, { ...wanted, ...frameworkSettings(kind, wanted) });
    expect(await json(container, `/${kind}`)).toEqual({ mysql: expect.stringMatching(/^TLS_/), redis: true });
  });

  test('wordpress: MySQL', async () => {
    const container = await started('wordpress', { ...wanted, ...frameworkSettings('wordpress', wanted) });
    expect(await json(container, '/wordpress')).toEqual({ mysql: expect.stringMatching(/^TLS_/) });
  });
});

test('a server that the authorities do not vouch for is not spoken to', async () => {
  const authorities = '/etc/ssl/certs/ca-certificates.crt';
  const strangers = {
    ...wanted,
    TLS_CA_FILE: authorities,
    DATABASE_URL: `${wanted.DATABASE_URL?.replace(/=[^=]*$/, '')}=${authorities}`,
  };
  const container = await started('stranger', { ...strangers, ...frameworkSettings('laravel', strangers) });
  expect(await json(container, '/laravel')).toEqual({ failure: expect.stringContaining('SSL') });
  expect(await json(container, '/symfony')).toEqual({ failure: expect.stringContaining('SSL') });
});

describe('a session', () => {
  let blue: Container;
  let green: Container;

  beforeAll(async () => {
    [blue, green] = await Promise.all([started('blue', wanted), started('green', wanted)]);
  });

  async function begun(): Promise<string> {
    const answer = await fetch(`${blue.url}/session`);
    expect(await answer.json()).toEqual({ visits: 1, handler: 'redis' });
    return /PHPSESSID=(\w+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? '';
  }

  test('goes on in the other slot', async () => {
    const session = await begun();
    expect(await json(green, '/session', session)).toMatchObject({ visits: 2 });
    expect(await json(blue, '/session', session)).toMatchObject({ visits: 3 });
  });

  test('belongs to one request at a time, in whichever slot', async () => {
    const session = await begun();
    await Promise.all([blue, green, blue, green].map((container) => json(container, '/slow', session)));
    expect(await json(blue, '/session', session)).toMatchObject({ slow: 4 });
  });

  test('has its password in no file of the container', async () => {
    const configuration = await Promise.all([
      blue.configuration('php/slipway.ini'),
      blue.configuration('php-fpm.conf'),
    ]);
    expect(configuration.join()).toContain('session.save_handler = redis');
    const { password } = services;
    for (const secret of [password, encodeURIComponent(password)]) expect(configuration.join()).not.toContain(secret);
  });
});
