<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** The application with its servers, certificates, home and secrets, private to this run. */
final class TestEnvironment
{
    public const CACHE_TOKEN = 'cache-secret-1b7a';
    public const RELEASE_TOKEN = 'release-secret-93f0';

    public readonly string $directory;
    public readonly string $mediaRoot;
    public readonly string $mount;
    public readonly DatabaseServer $mysql;
    public readonly RedisServer $redis;
    public readonly Sidecar $sidecar;
    public readonly Application $application;
    public readonly Client $client;

    private static ?self $only = null;
    private readonly Certificates $certificates;

    private ?Package $package = null;
    private int $packages = 0;

    /** @var list<Application> */
    private array $more = [];

    private function __construct()
    {
        $this->directory = sys_get_temp_dir().'/slipway-php-'.bin2hex(random_bytes(4));
        $this->mediaRoot = $this->directory.'/home/media';
        $this->mount = $this->directory.'/mount';
        mkdir($this->directory, 0o711);
        mkdir($this->mediaRoot, 0o755, true);
        mkdir($this->mount);
        $this->certificates = new Certificates($this->directory);
        $this->mysql = DatabaseServer::create($this->directory.'/mysql', $this->certificates);
        $this->redis = new RedisServer($this->directory.'/redis', $this->certificates);
        $this->sidecar = new Sidecar($this->directory.'/sidecar', $this->mediaRoot);
        $this->application = new Application($this->directory.'/app', $this->settings(), Source::directory());
        $this->client = $this->application->client();
    }

    public static function get(): self
    {
        if (null === self::$only) {
            self::$only = new self();
            try {
                self::$only->begin();
            } catch (\Throwable $failure) {
                fwrite(\STDERR, self::$only->application->logged());
                self::end();
                throw $failure;
            }
        }

        return self::$only;
    }

    public static function end(): void
    {
        $environment = self::$only;
        self::$only = null;
        if (null === $environment) {
            return;
        }
        foreach ([...$environment->more, $environment->application, $environment->sidecar, $environment->redis, $environment->mysql] as $server) {
            $server->stop();
        }
        exec('rm -rf '.escapeshellarg($environment->directory));
    }

    /**
     * A second application with settings of its own that uses the same servers.
     *
     * @param array<string, string> $settings
     * @param string|null           $source   directory of its code, or null for a compiled package of it
     * @param string|null           $runtime  directory of its runtime, or null for that of this checkout
     */
    public function another(array $settings, ?string $source = null, ?string $runtime = null): Application
    {
        $directory = $this->directory.'/app'.count($this->more);

        return $this->more[] = new Application($directory, $settings + $this->settings(), $source ?? $this->package()->directory, $runtime);
    }

    /** A copy of the compiled package, to which a test can add migrations: they are no part of what is compiled. */
    public function anotherPackage(): Package
    {
        return $this->package()->copy($this->directory.'/package'.++$this->packages);
    }

    /** @return array<string, string> */
    public function settings(): array
    {
        return [
            'SLOT_NAME' => 'production',
            'APP_ENV' => 'prod',
            'MEDIA_ROOT' => $this->mediaRoot,
            'MEDIA_MOUNT' => $this->mount,
            'MEDIA_WAIT_MS' => '2000',
            'DATABASE_HOST' => '127.0.0.1',
            'DATABASE_PORT' => (string) $this->mysql->port,
            'DATABASE_NAME' => 'slipway',
            'DATABASE_USER' => 'slipway',
            'DATABASE_PASSWORD' => DatabaseServer::PASSWORD,
            'REDIS_HOST' => '127.0.0.1',
            'REDIS_PORT' => (string) $this->redis->port,
            'REDIS_PASSWORD' => RedisServer::PASSWORD,
            'TLS_CA_FILE' => $this->certificates->ca,
            'CACHE_API_TOKEN' => self::CACHE_TOKEN,
            'RELEASE_TOKEN' => self::RELEASE_TOKEN,
            'IMAGE_RATE_PER_MINUTE' => '60000',
            'SIDECAR_PORT' => (string) $this->sidecar->port,
            'FPM_MAX_CHILDREN' => '6',
            'WEBSITE_SITE_NAME' => 'app-under-test',
            'WEBSITE_INSTANCE_ID' => 'instance-1',
        ];
    }

    /** Lets the workers create files but write nothing into them, or ends that. */
    public function setDiskFull(bool $full): void
    {
        foreach ($this->application->workers() as $worker) {
            Fpm::limitFiles($worker, $full ? '0' : 'unlimited');
        }
    }

    private function package(): Package
    {
        return $this->package ??= Package::ofCheckout($this->directory.'/package')->compile();
    }

    private function begin(): void
    {
        $install = $this->mysql->install();
        $this->redis->start();
        $this->sidecar->start();
        $this->application->start(['APP_INTERNAL_URL' => 'http://127.0.0.1:'.$this->application->port, 'PHP_FPM' => Fpm::whoseDiskMayBeFull($this->directory)]);
        Wait::until('the files of MariaDB are made', static fn (): bool => !$install->runs(), 30);
        $this->mysql->start();
        foreach ([$this->redis, $this->sidecar, $this->application, $this->mysql] as $server) {
            $server->awaitReady();
        }
        $this->migrate();
    }

    private function migrate(): void
    {
        $release = ['Authorization' => 'Bearer '.self::RELEASE_TOKEN];
        $job = $this->client->send('POST', '/internal/release/migrate', $release)->text('job');
        Wait::until('the migrations are done', fn (): bool => 'done' === $this->client->get('/internal/release/migrate/'.$job, $release)->text('status'));
    }
}
