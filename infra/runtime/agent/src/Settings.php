<?php

declare(strict_types=1);

namespace Slipway\Agent;

/** What the agent knows: app settings from the environment, and the package's app.json. */
final readonly class Settings
{
    private const UNRESOLVED_REFERENCE = '@Microsoft.KeyVault(';

    /**
     * @param list<string>          $needs    services that the application cannot do without: mysql, redis
     * @param array<string, string> $provides the application's own path by capability
     * @param list<string>          $releaseTokens the present one and the one of the next rotation
     */
    public function __construct(
        public string $version,
        public string $schemaMin,
        public string $schemaMax,
        public string $slot,
        public string $startedAt,
        public array $needs,
        public array $provides,
        public bool $hasOutbox,
        public string $mediaRoot,
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
        public array $releaseTokens,
        public int $sidecarPort,
        /** Base URL of this slot on loopback: http://… or unix:/path. */
        public string $internalUrl,
        /** The application's own path for deep health, or empty. */
        public string $deepHealth,
        public string $instanceId,
        /** The directory of slipway on the share of the slot. */
        public string $home,
        public bool $hasWorkers,
        /** @var array<mixed> app.json */
        public array $package,
        public string $applicationDirectory,
        /** Where the share of media is mounted, or empty. */
        public string $share,
        /** @var list<string> directories of the application that are on it */
        public array $sharedPaths,
        /** @var list<string> settings that are secrets of the application */
        public array $secretNames,
        /** How many processes of php-fpm serve visitors. */
        public int $processes,
        /** What a release asks first. */
        public string $warmPath,
        /** The container's own directory. */
        public string $runDirectory,
    ) {
    }

    public static function fromEnvironment(): self
    {
        $package = json_decode((string) @file_get_contents(self::text('SLIPWAY_APP_JSON', dirname(__DIR__, 2).'/app.json')), true);
        $package = is_array($package) ? $package : [];
        $application = is_array($package['application'] ?? null) ? $package['application'] : [];
        $media = is_array($application['media'] ?? null) ? $application['media'] : [];
        $health = is_array($application['health'] ?? null) ? $application['health'] : [];

        return new self(
            version: self::member($package, 'version', 'dev'),
            schemaMin: self::member($package, 'schemaMin', '0'),
            schemaMax: self::member($package, 'schemaMax', '0'),
            slot: self::text('SLOT_NAME', 'production'),
            startedAt: self::text('FPM_STARTED_AT', ''),
            needs: array_values(self::texts($package['needs'] ?? [])),
            provides: self::texts($application['provides'] ?? []),
            hasOutbox: [] !== array_filter($media, static fn (mixed $entry): bool => is_array($entry) && 'outbox' === ($entry['mode'] ?? null)),
            mediaRoot: rtrim(self::text('MEDIA_ROOT', '/home/media'), '/'),
            databaseHost: self::text('DATABASE_HOST', '127.0.0.1'),
            databasePort: (int) self::text('DATABASE_PORT', '3306'),
            databaseName: self::text('DATABASE_NAME', 'slipway'),
            databaseUser: self::text('DATABASE_USER', 'slipway'),
            databasePassword: self::secret('DATABASE_PASSWORD'),
            redisHost: self::text('REDIS_HOST', '127.0.0.1'),
            redisPort: (int) self::text('REDIS_PORT', '10000'),
            redisPassword: self::secret('REDIS_PASSWORD'),
            tlsCaFile: self::text('TLS_CA_FILE', '/etc/ssl/certs/ca-certificates.crt'),
            releaseTokens: [self::secret('RELEASE_TOKEN'), self::secret('RELEASE_TOKEN_NEXT')],
            sidecarPort: (int) self::text('SIDECAR_PORT', '8181'),
            internalUrl: self::text('APP_INTERNAL_URL', 'http://127.0.0.1:'.self::text('PORT', '8080')),
            deepHealth: self::member($health, 'deep', ''),
            instanceId: self::text('WEBSITE_INSTANCE_ID', ''),
            home: rtrim(self::text('SLIPWAY_HOME', '/home/slipway'), '/'),
            hasWorkers: [] !== (array) ($application['workers'] ?? []) || [] !== (array) ($application['schedule'] ?? []),
            package: $package,
            applicationDirectory: self::text('APP_DIR', ''),
            share: rtrim(self::text('MEDIA_SHARE', ''), '/'),
            sharedPaths: array_values(array_column(array_filter($media, static fn (mixed $entry): bool => is_array($entry) && 'shared' === ($entry['mode'] ?? null)), 'path')),
            secretNames: array_values(self::texts($application['secrets'] ?? [])),
            processes: (int) self::text('FPM_MAX_CHILDREN', '8'),
            warmPath: self::firstPath($application['smoke'] ?? []),
            runDirectory: self::text('RUN_DIR', '/tmp/slipway'),
        );
    }

    private static function text(string $name, string $default): string
    {
        $value = getenv($name);

        return false === $value || '' === $value ? $default : $value;
    }

    private static function firstPath(mixed $smoke): string
    {
        $first = is_array($smoke) ? reset($smoke) : false;
        $path = is_array($first) ? $first['path'] ?? null : $first;

        return is_string($path) ? $path : '/';
    }

    /** An unresolved Key Vault reference arrives as its own text, which is public and must not be accepted as a secret. */
    private static function secret(string $name): string
    {
        $value = self::text($name, '');

        return str_starts_with($value, self::UNRESOLVED_REFERENCE) ? '' : $value;
    }

    /** @param array<mixed> $data */
    private static function member(array $data, string $name, string $default): string
    {
        $value = $data[$name] ?? null;

        return is_string($value) && '' !== $value ? $value : $default;
    }

    /** @return array<string> */
    private static function texts(mixed $data): array
    {
        return is_array($data) ? array_filter($data, is_string(...)) : [];
    }
}
