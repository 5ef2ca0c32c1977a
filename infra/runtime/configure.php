<?php

declare(strict_types=1);

// Renders the configuration of nginx, php-fpm and PHP for one application, from its app.json and the environment that startup.sh
// gives. Writes below RUN_DIR: nginx.conf, php-fpm.conf, php/slipway.ini, start/N (the words of a start command, each ended by
// NUL), writable, shared and outbox (paths, each ended by NUL) and has-workers where the application has workers or a schedule. What it cannot render
// ends it with a sentence on stderr and exit code 1.

namespace Slipway\Runtime;

require __DIR__.'/configure/Locations.php';

try {
    (new Configuration(__DIR__, getenv()))->write();
} catch (\RuntimeException|\JsonException $failure) {
    fwrite(\STDERR, $failure->getMessage()."\n");
    exit(1);
}

final readonly class Configuration
{
    private const LOCK_WAIT_MICROSECONDS = 20_000;
    /** Debian's directory, in which a certificate is found by its hash. */
    private const AUTHORITIES = '/etc/ssl/certs';

    /** @var array<string, mixed> */
    private array $application;

    /** @param array<string, string> $environment */
    public function __construct(private string $slipway, private array $environment)
    {
        $path = $this->env('SLIPWAY_APP_JSON');
        $package = json_decode((string) @file_get_contents($path), true, 64, \JSON_THROW_ON_ERROR);
        if (!is_array($package) || !is_array($package['application'] ?? null)) {
            throw new \RuntimeException($path.' does not describe an application');
        }
        $this->application = $package['application'];
    }

    public function write(): void
    {
        $run = $this->env('RUN_DIR');
        $values = $this->values();
        foreach (['nginx.conf' => 'nginx.conf', 'nginx-headers.conf' => 'nginx-headers.conf', 'nginx-media.conf' => 'nginx-media.conf', 'php-fpm.conf' => 'php-fpm.conf', 'php.ini' => 'php/slipway.ini'] as $template => $target) {
            $text = (string) file_get_contents($this->slipway.'/templates/'.$template);
            self::put($run.'/'.$target, strtr($text, $values));
        }
        foreach ($this->application['start'] as $index => $words) {
            self::put(sprintf('%s/start/%02d', $run, $index), implode("\0", $words)."\0");
        }
        if ([] !== $this->application['workers'] || [] !== $this->application['schedule']) {
            self::put($run.'/has-workers', '');
        }
        $ended = static fn (array $paths): string => implode('', array_map(static fn (string $path): string => $path."\0", $paths));
        // Without a share they belong to this container, as with one application in one directory.
        $hasShare = '' !== $this->env('MEDIA_SHARE', '');
        $of = fn (string $mode): array => array_column(array_filter($this->application['media'], static fn (array $entry): bool => $mode === $entry['mode']), 'path');
        $shared = $hasShare ? $of('shared') : [];
        self::put($run.'/shared', $ended($shared));
        self::put($run.'/outbox', $ended($of('outbox')));
        self::put($run.'/writable', $ended([...$this->application['writable'], ...array_diff($of('shared'), $shared)]));
    }

    /** @return array<string, string> */
    private function values(): array
    {
        $app = $this->env('APP_DIR');
        $php = $this->application['php'];
        $root = '.' === $this->application['root'] ? $app : $app.'/'.$this->application['root'];
        $script = 'all' === $this->application['scripts'] ? 'index.php' : $this->application['scripts'];
        $user = $this->env('RUN_AS', '');
        $proxies = preg_split('/,/', $this->env('TRUSTED_PROXIES', ''), -1, \PREG_SPLIT_NO_EMPTY) ?: [];
        $addresses = array_filter($proxies, static fn (string $proxy): bool => 'unix:' !== $proxy);
        if (1 !== preg_match('/^[A-Za-z0-9-]+$/D', $this->env('CLIENT_ADDRESS_HEADER'))) {
            throw new \RuntimeException('CLIENT_ADDRESS_HEADER is not the name of a header');
        }
        $lines = static fn (string $format, array $each): string => implode(' ', array_map(static fn (string $one): string => sprintf($format, $one), $each));

        return self::placeholders([
            'SLIPWAY' => $this->slipway,
            'APP_DIR' => $app,
            'RUN_DIR' => $this->env('RUN_DIR'),
            'LISTEN' => $this->env('NGINX_LISTEN'),
            'NGINX_PID_FILE' => $this->env('NGINX_PID_FILE'),
            'FPM_PID_FILE' => $this->env('FPM_PID_FILE'),
            'NGINX_USER' => '' === $user ? '' : "user $user;",
            'FPM_USER' => '' === $user ? '' : "user = $user\nlisten.owner = $user",
            'TEMPORARY_PATHS' => $this->temporaryPaths(),
            'TRUSTED_PROXIES' => $lines('set_real_ip_from %s;', $proxies),
            'TRUSTED_ADDRESSES' => $lines('%s 1;', $addresses),
            'TRUSTS_SOCKETS' => in_array('unix:', $proxies, true) ? '1' : '0',
            'CLIENT_ADDRESS_HEADER' => $this->env('CLIENT_ADDRESS_HEADER'),
            'MEDIA_ROOT' => rtrim($this->env('MEDIA_ROOT'), '/'),
            'MEDIA_MOUNT' => '' === $this->env('MEDIA_MOUNT', '') ? '/nonexistent' : rtrim($this->env('MEDIA_MOUNT'), '/'),
            'SIDECAR_PORT' => $this->env('SIDECAR_PORT', '8181'),
            // Reads that wait for a share would otherwise stop the whole worker process.
            'AIO' => str_contains($this->env('NGINX_BUILT'), '--with-threads') ? 'aio threads;' : '',
            'WORKERS' => $this->env('FPM_MAX_CHILDREN'),
            'BODY' => $php['body'],
            'MEMORY' => $php['memory'],
            'SESSIONS' => $this->sessions(),
            'TRUSTED_AUTHORITIES' => $this->trustedAuthorities(),
            'REQUEST_SECONDS' => (string) $php['requestSeconds'],
            // php-fpm ends the request first, and its reason is logged.
            'APP_TIMEOUT' => (string) ($php['requestSeconds'] + 5),
            'DOCUMENT_ROOT' => $root,
            'FRONT_CONTROLLER' => $root.'/'.$script,
            'SCRIPT' => $script,
            'LOCATIONS' => (new Locations($this->application, $this->slipway, $app, $this->env('RUN_DIR'), [
                'share' => rtrim($this->env('MEDIA_SHARE', ''), '/'),
                'root' => rtrim($this->env('MEDIA_ROOT'), '/'),
                'mount' => rtrim($this->env('MEDIA_MOUNT', ''), '/'),
            ]))->text(),
            'PRELOAD' => isset($php['preload']) ? 'opcache.preload = '.$app.'/'.$php['preload'].('' === $user ? '' : "\nopcache.preload_user = $user") : '',
            'DIRECTIVES' => implode("\n", array_map(self::directive(...), array_map(strval(...), array_keys($php['ini'])), $php['ini'])),
        ]);
    }

    /**
     * Sessions outlive a swap in Redis. Its address holds a password, so php.ini names the variable in which startup.sh gives it. A request
     * has its session to itself, as with PHP's files.
     */
    private function sessions(): string
    {
        $isChosen = isset($this->application['php']['ini']['session.save_handler']);
        if ($isChosen || '' === $this->env('SLIPWAY_SESSIONS', '') || !extension_loaded('redis')) {
            return 'session.save_path = '.$this->env('RUN_DIR').'/sessions';
        }
        $seconds = $this->application['php']['requestSeconds'];

        return implode("\n", [
            'session.save_handler = redis',
            'session.save_path = "${SLIPWAY_SESSIONS}"',
            'redis.session.locking_enabled = On',
            "redis.session.lock_expire = $seconds",
            'redis.session.lock_wait_time = '.self::LOCK_WAIT_MICROSECONDS,
            'redis.session.lock_retries = '.intdiv($seconds * 1_000_000, self::LOCK_WAIT_MICROSECONDS),
        ]);
    }

    /** What a TLS connection of PHP trusts unless its code says otherwise: the image's authorities, and TLS_CA_FILE. */
    private function trustedAuthorities(): string
    {
        $file = $this->env('TLS_CA_FILE', '');

        return '' === $file ? '' : "openssl.cafile = \"$file\"\nopenssl.capath = ".self::AUTHORITIES;
    }

    private static function directive(string $name, string|int|float|bool $value): string
    {
        return $name.' = '.(is_bool($value) ? ($value ? 'On' : 'Off') : (is_string($value) ? '"'.$value.'"' : (string) $value));
    }

    /** nginx makes a directory for each of these modules, used or not, unless it was built without. */
    private function temporaryPaths(): string
    {
        $built = $this->env('NGINX_BUILT');
        $paths = '';
        foreach (['proxy', 'uwsgi', 'scgi'] as $module) {
            if (!str_contains($built, "--without-http_{$module}_module")) {
                $paths .= sprintf('%s_temp_path %s/nginx/%1$s; ', $module, $this->env('RUN_DIR'));
            }
        }

        return $paths;
    }

    private function env(string $name, ?string $default = null): string
    {
        return $this->environment[$name] ?? $default ?? throw new \RuntimeException($name.' is not set');
    }

    /**
     * @param array<string, string> $values
     *
     * @return array<string, string>
     */
    private static function placeholders(array $values): array
    {
        return array_combine(array_map(static fn (string $name): string => "@$name@", array_keys($values)), $values);
    }

    private static function put(string $path, string $content): void
    {
        if (!is_dir(dirname($path))) {
            mkdir(dirname($path), 0o755, true);
        }
        if (strlen($content) !== @file_put_contents($path, $content)) {
            throw new \RuntimeException('cannot write '.$path);
        }
    }
}
