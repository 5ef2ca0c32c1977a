<?php

declare(strict_types=1);

namespace Slipway\Runtime;

/** nginx's locations for one application: the agent's routes, media, static files and the scripts that may run. */
final readonly class Locations
{
    /** Route below /_slipway/ by capability, the pool that answers it, and nginx's limit in seconds. */
    private const CAPABILITIES = [
        'version' => ['version', 'app', 10],
        'live' => ['live', 'live', 10],
        'ready' => ['ready', 'ready', 90],
        'health' => ['health', 'health', 10],
        'migrate' => ['release/migrate', 'ops', 300],
        'drain' => ['release/drain', 'ops', 300],
        'probe' => ['release/probe', 'ops', 300],
        'warm' => ['release/warm', 'ops', 300],
        'cache' => ['release/cache', 'ops', 300],
        'files' => ['release/files', 'ops', 300],
        'login' => ['release/login', 'ops', 60],
        'declaration' => ['release/live', 'ops', 10],
        'media' => ['media', 'ops', 300],
    ];
    private const OPS = "limit_conn ops 32;\n  fastcgi_read_timeout 300s;\n  fastcgi_pass ops;";

    /**
     * @param array<string, mixed>                             $application
     * @param array{share: string, root: string, mount: string} $media      directories of media; empty where there is none
     */
    public function __construct(private array $application, private string $slipway, private string $app, private string $run, private array $media)
    {
    }

    public function text(): string
    {
        $blocks = [...$this->capabilities(), $this->unknownRoutes(), ...$this->media(), ...$this->scripts()];

        return implode("\n", array_map(static fn (string $block): string => preg_replace('/^/m', '    ', rtrim($block)) ?? '', $blocks));
    }

    /** @return list<string> */
    private function capabilities(): array
    {
        $provides = $this->application['provides'];
        if (null !== $this->application['health']['live']) {
            $provides += ['live' => $this->application['health']['live']];
        }
        $blocks = [];
        foreach (self::CAPABILITIES as $capability => [$route, $pool, $seconds]) {
            // Few workers answer these. Without a limit per client, one of them could fill their queues for everybody.
            $limit = 'app' === $pool ? '' : "limit_conn $pool 32;\n  ";
            // A file of media may be larger than any request of a visitor.
            $limit .= 'files' === $capability ? "client_max_body_size 0;\n  " : '';
            $pass = "{$limit}fastcgi_read_timeout {$seconds}s;\n  fastcgi_pass $pool;";
            // Below the routes of the release tool there are more: jobs of a migration, one file of media.
            $below = 'ops' === $pool ? '(/[^/]+)?' : '()';
            // The release tool uses the application's cache routes as every client does.
            $own = 'cache' === $capability ? null : $provides[$capability] ?? null;
            if (null === $own) {
                $blocks[] = $this->agent('~ ^/_slipway/('.preg_quote($route).$below.')$', '$1', $pass);
                continue;
            }
            $blocks[] = 'location ~ ^/_slipway/'.preg_quote($route)."$below$ {\n  set \$address $own\$1\$is_args\$args;\n  $pass\n}";
            if ('app' !== $pool && !str_starts_with($own, $provides['internal'] ?? "\0")) {
                $blocks[] = 'location '.('ops' === $pool ? '^~' : '=')." $own {\n  $pass\n}";
            }
        }
        if (isset($provides['internal'])) {
            $blocks[] = "location ^~ {$provides['internal']} {\n  ".self::OPS."\n}";
        }

        return $blocks;
    }

    private function agent(string $match, string $route, string $pass): string
    {
        return <<<NGINX
            location $match {
              set \$route $route;
              set \$script {$this->slipway}/agent/index.php;
              $pass
            }
            NGINX;
    }

    private function unknownRoutes(): string
    {
        return "location ~ ^/_slipway(?:/|$) {\n  return 404;\n}";
    }

    /** Where the files of an entry are: on the share, for which a link would lead to another owner, or in the container. */
    private function shared(string $path): string
    {
        return ('' === $this->media['share'] ? $this->app : $this->media['share']).'/'.$path;
    }

    /**
     * Files that visitors uploaded: served as they are, never run, and what a browser would run is kept from it.
     *
     * @return list<string>
     */
    private function media(): array
    {
        $blocks = [];
        foreach ($this->application['media'] as $index => ['path' => $path, 'url' => $url, 'mode' => $mode]) {
            array_push($blocks, ...('shared' === $mode ? [$this->sharedMedia($path, $url)] : $this->outboxMedia($path, $url, $index)));
        }

        return $blocks;
    }

    private function sharedMedia(string $path, string $url): string
    {
        return <<<NGINX
            location ^~ $url/ {
              alias "{$this->shared($path)}/";
              disable_symlinks on from="{$this->shared($path)}/";
              {$this->noScripts()}
              {$this->sandbox()}
            }
            NGINX;
    }

    /**
     * Where a file of the outbox may be, in the order in which it moves: the outbox, the carried ones, the mount, Blob itself.
     *
     * @return list<string>
     */
    private function outboxMedia(string $path, string $url, int $index): array
    {
        ['root' => $root, 'mount' => $mount] = $this->media;
        $name = "media_name_$index";
        $match = preg_quote($url);
        $next = '' === $mount ? "@media_blob_$index" : "@media_mount_$index";
        $here = <<<NGINX
            location ^~ $url/ {
              {$this->noScripts()}
              location ~ "^$match/(?<$name>.+)$" {
                root "$root";
                disable_symlinks on from="$root/";
                try_files "/outbox/$path/\$$name" "/synced/$path/\$$name" $next;
                # It moved on after it was seen.
                error_page 404 = @media_blob_$index;
                {$this->sandbox()}
              }
            }
            NGINX;
        $mounted = <<<NGINX
            location @media_mount_$index {
              root "$mount";
              disable_symlinks on from="$mount/";
              try_files "/$path/\$$name" @media_blob_$index;
              {$this->sandbox()}
            }
            NGINX;
        $stored = <<<NGINX
            location @media_blob_$index {
              rewrite ^ "/blob/$path/\$$name?" break;
              proxy_pass http://sidecar;
              proxy_set_header Host localhost;
              proxy_set_header Authorization "";
              proxy_set_header Cookie "";
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_max_temp_file_size 0;
              proxy_connect_timeout 3s;
              proxy_read_timeout 30s;
              proxy_hide_header x-ms-blob-content-md5;
              proxy_intercept_errors on;
              {$this->sandbox()}
            }
            NGINX;

        return '' === $mount ? [$here, $stored] : [$here, $mounted, $stored];
    }

    private function noScripts(): string
    {
        return 'location ~* "\.(?:php[0-9s]?|phtml|phar|inc)(?![a-z0-9])|/\." { return 404; }';
    }

    private function sandbox(): string
    {
        return 'add_header Content-Security-Policy "sandbox" always; include "'.$this->run.'/nginx-headers.conf";';
    }

    /**
     * A form of plain PHP is often sent to the script by its own name, as PHP_SELF has it.
     *
     * @return list<string>
     */
    private function ownName(): array
    {
        if ('php' !== $this->application['kind']) {
            return [];
        }
        $name = preg_quote($this->application['scripts']);

        return ["location ~ ^/$name(?<own_rest>/.*)?$ {\n  set \$script_path \$own_rest;\n  fastcgi_pass app;\n}"];
    }

    /** @return list<string> */
    private function scripts(): array
    {
        // Whatever looks like source or is hidden is never a static file; a route may have such a name when no file has.
        $hidden = <<<'NGINX'
            location ~* "(?:\.(?:php[0-9s]?|phtml|phar|inc)(?![a-z0-9])|/\.(?!well-known(?:/|$)))" {
              if (-e $request_filename) {
                return 404;
              }
              try_files /dev/null/none @app;
            }
            NGINX;
        if ('.' === $this->application['root']) {
            // The document root is the whole application: what describes or builds it is no page.
            $hidden .= "\nlocation ~ ^/(?:vendor|node_modules)/|^/(?:composer|package|package-lock)\\.(?:json|lock)$|^/slipway\\.yaml$ {\n  return 404;\n}";
        }
        if ('all' !== $this->application['scripts']) {
            return [
                ...$this->ownName(),
                // Frameworks take the front controller's own name for a prefix of the route, so each page would have two addresses.
                'location ~* ^/'.preg_quote($this->application['scripts'])."(?:[^a-z0-9]|$) {\n  return 404;\n}",
                $hidden,
                "location / {\n  try_files \$uri \$uri/index.html @app;\n}",
                "location @app {\n  fastcgi_pass app;\n}",
            ];
        }

        return [
            // Only what is written in small letters runs: another spelling would be sent as text.
            <<<'NGINX'
                location ~ ^(?<script_file>/(?!.*/\.).+?\.php)(?<script_rest>/.*)?$ {
                  try_files $script_file =404;
                  set $script $document_root$script_file;
                  set $script_name $script_file;
                  set $script_path $script_rest;
                  fastcgi_pass app;
                }
                NGINX,
            $hidden,
            <<<'NGINX'
                location / {
                  index index.php index.html;
                  try_files $uri $uri/ @app;
                }
                location @app {
                  fastcgi_pass app;
                }
                NGINX,
        ];
    }
}
