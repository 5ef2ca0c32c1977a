<?php

declare(strict_types=1);

namespace App\Release;

use App\Settings;

/**
 * Sends as many requests as the main pool has workers, which take them in turn, so that each opens its connections to MySQL and
 * Redis. Few at a time: the other slot of the plan may be serving visitors.
 */
final readonly class WorkerWarmup
{
    private const TIMEOUT_MS = 3000;
    private const CONCURRENT = 2;

    public function __construct(private Settings $settings)
    {
    }

    /** @return array{requests: int, answered: int} */
    public function run(): array
    {
        $multi = curl_multi_init();
        curl_multi_setopt($multi, \CURLMOPT_MAX_TOTAL_CONNECTIONS, self::CONCURRENT);
        $handles = [];
        foreach (['/api/images?limit=1', '/api/cache/warm'] as $path) {
            for ($worker = 0; $worker < $this->settings->workers; ++$worker) {
                $handles[] = $handle = $this->request($path);
                curl_multi_add_handle($multi, $handle);
            }
        }
        do {
            curl_multi_exec($multi, $active);
            curl_multi_select($multi, 0.1);
        } while ($active > 0);

        $answered = array_filter($handles, static fn (\CurlHandle $handle): bool => in_array(curl_getinfo($handle, \CURLINFO_RESPONSE_CODE), [200, 404], true));

        return ['requests' => count($handles), 'answered' => count($answered)];
    }

    private function request(string $path): \CurlHandle
    {
        $socket = str_starts_with($this->settings->internalUrl, 'unix:') ? substr($this->settings->internalUrl, 5) : '';
        $curl = curl_init(('' === $socket ? rtrim($this->settings->internalUrl, '/') : 'http://localhost').$path);
        if (false === $curl) {
            throw new \LogicException('APP_INTERNAL_URL is not a URL.');
        }
        curl_setopt_array($curl, [
            \CURLOPT_RETURNTRANSFER => true,
            \CURLOPT_TIMEOUT_MS => self::TIMEOUT_MS,
            \CURLOPT_NOSIGNAL => true,
            \CURLOPT_PROXY => '',
            \CURLOPT_HTTPHEADER => ['Authorization: Bearer '.$this->settings->cacheApiToken],
        ]);
        if ('' !== $socket) {
            curl_setopt($curl, \CURLOPT_UNIX_SOCKET_PATH, $socket);
        }

        return $curl;
    }
}
