<?php

declare(strict_types=1);

namespace App;

/** The app settings, which the platform passes as environment variables. */
final readonly class Settings
{
    private const UNRESOLVED_REFERENCE = '@Microsoft.KeyVault(';

    public function __construct(
        public string $slot,
        public string $startedAt,
        /** Absolute directory; outbox/, synced/ and journal/ are below it. */
        public string $mediaRoot,
        /** Absolute directory of the read-only Blob mount, or empty. */
        public string $mediaMount,
        /** Milliseconds that a request waits for its image to become durable. */
        public int $mediaWaitMs,
        public string $databaseHost,
        public int $databasePort,
        public string $databaseName,
        public string $databaseUser,
        #[\SensitiveParameter]
        public string $databasePassword,
        public string $redisHost,
        public int $redisPort,
        #[\SensitiveParameter]
        public string $redisPassword,
        public string $tlsCaFile,
        #[\SensitiveParameter]
        public string $cacheApiToken,
        /** Of the next rotation; accepted as well. */
        #[\SensitiveParameter]
        public string $cacheApiTokenNext,
        #[\SensitiveParameter]
        public string $releaseToken,
        #[\SensitiveParameter]
        public string $releaseTokenNext,
        public int $imageRatePerMinute,
        public int $sidecarPort,
        /** Base URL of this application on loopback: http://… or unix:/path. */
        public string $internalUrl,
        public int $workers,
        /** Writable directory that belongs to this container alone. */
        public string $runDirectory,
        public string $siteName,
        public string $instanceId,
    ) {
    }

    public static function fromEnvironment(): self
    {
        return new self(
            slot: self::text('SLOT_NAME', 'production'),
            startedAt: self::text('FPM_STARTED_AT', ''),
            mediaRoot: rtrim(self::text('MEDIA_ROOT', '/home/media'), '/'),
            mediaMount: rtrim(self::text('MEDIA_MOUNT', ''), '/'),
            mediaWaitMs: self::number('MEDIA_WAIT_MS', 1500),
            databaseHost: self::text('DATABASE_HOST', '127.0.0.1'),
            databasePort: self::number('DATABASE_PORT', 3306),
            databaseName: self::text('DATABASE_NAME', 'slipway'),
            databaseUser: self::text('DATABASE_USER', 'slipway'),
            databasePassword: self::secret('DATABASE_PASSWORD'),
            redisHost: self::text('REDIS_HOST', '127.0.0.1'),
            redisPort: self::number('REDIS_PORT', 10000),
            redisPassword: self::secret('REDIS_PASSWORD'),
            tlsCaFile: self::text('TLS_CA_FILE', '/etc/ssl/certs/ca-certificates.crt'),
            cacheApiToken: self::secret('CACHE_API_TOKEN'),
            cacheApiTokenNext: self::secret('CACHE_API_TOKEN_NEXT'),
            releaseToken: self::secret('RELEASE_TOKEN'),
            releaseTokenNext: self::secret('RELEASE_TOKEN_NEXT'),
            imageRatePerMinute: self::number('IMAGE_RATE_PER_MINUTE', 60),
            sidecarPort: self::number('SIDECAR_PORT', 8181),
            internalUrl: self::text('APP_INTERNAL_URL', 'http://127.0.0.1:'.self::text('PORT', '8080')),
            workers: self::number('FPM_MAX_CHILDREN', 8),
            runDirectory: self::text('RUN_DIR', sys_get_temp_dir()),
            siteName: self::text('WEBSITE_SITE_NAME', 'slipway'),
            instanceId: self::text('WEBSITE_INSTANCE_ID', ''),
        );
    }

    private static function text(string $name, string $default): string
    {
        $value = getenv($name);

        return false === $value || '' === $value ? $default : $value;
    }

    private static function number(string $name, int $default): int
    {
        $value = getenv($name);

        return is_string($value) && 1 === preg_match('/^\d{1,9}$/D', $value) ? (int) $value : $default;
    }

    /** An unresolved Key Vault reference arrives as its own text, which is public and must not be accepted as a secret. */
    private static function secret(string $name): string
    {
        $value = self::text($name, '');

        return str_starts_with($value, self::UNRESOLVED_REFERENCE) ? '' : $value;
    }
}
