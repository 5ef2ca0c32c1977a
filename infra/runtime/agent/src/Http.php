<?php

declare(strict_types=1);

namespace Slipway\Agent;

/** Requests over loopback, each with a limit. */
final readonly class Http
{
    private const CONNECT_MS = 250;

    /**
     * @param non-empty-string $method
     * @param string           $base    http://host:port or unix:/path of a socket
     * @param list<string>     $headers
     *
     * @return array{status: int, body: string, error: string} status 0: nothing answered, and the error says why
     */
    public static function ask(string $method, string $base, string $path, int $timeoutMs, #[\SensitiveParameter] array $headers = []): array
    {
        $socket = str_starts_with($base, 'unix:') ? substr($base, 5) : '';
        $curl = curl_init(('' === $socket ? rtrim($base, '/') : 'http://localhost').$path);
        if (false === $curl) {
            return ['status' => 0, 'body' => '', 'error' => 'the address is invalid'];
        }
        curl_setopt_array($curl, [
            \CURLOPT_CUSTOMREQUEST => $method,
            \CURLOPT_RETURNTRANSFER => true,
            \CURLOPT_CONNECTTIMEOUT_MS => self::CONNECT_MS,
            \CURLOPT_TIMEOUT_MS => $timeoutMs,
            \CURLOPT_NOSIGNAL => true,
            \CURLOPT_PROXY => '',
            \CURLOPT_HTTPHEADER => $headers,
        ] + ('' === $socket ? [] : [\CURLOPT_UNIX_SOCKET_PATH => $socket]));
        $body = curl_exec($curl);

        return [
            'status' => (int) curl_getinfo($curl, \CURLINFO_RESPONSE_CODE),
            'body' => is_string($body) ? $body : '',
            'error' => false === $body ? curl_error($curl) : '',
        ];
    }
}
