<?php

declare(strict_types=1);

namespace App\Tests\Servers;

final readonly class Client
{
    private \CurlHandle $curl;

    public function __construct(public int $port)
    {
        $this->curl = curl_init();
    }

    /**
     * @param non-empty-string      $method
     * @param array<string, string> $headers
     */
    public function send(string $method, string $target, array $headers = [], ?string $body = null): Response
    {
        curl_reset($this->curl);
        $received = [];
        $lines = [];
        foreach ($headers as $name => $value) {
            $lines[] = '' === $value ? $name.';' : $name.': '.$value;
        }
        curl_setopt_array($this->curl, [
            \CURLOPT_URL => 'http://127.0.0.1:'.$this->port.$target,
            \CURLOPT_CUSTOMREQUEST => $method,
            \CURLOPT_NOBODY => 'HEAD' === $method,
            \CURLOPT_PATH_AS_IS => true,
            \CURLOPT_RETURNTRANSFER => true,
            \CURLOPT_TIMEOUT_MS => 20_000,
            \CURLOPT_PROXY => '',
            \CURLOPT_HTTPHEADER => [...$lines, 'Expect:'],
            \CURLOPT_HEADERFUNCTION => static function (\CurlHandle $curl, string $line) use (&$received): int {
                if (str_contains($line, ':')) {
                    [$name, $value] = explode(':', $line, 2);
                    $received[strtolower(trim($name))] = trim($value);
                }

                return strlen($line);
            },
        ]);
        if (null !== $body) {
            curl_setopt($this->curl, \CURLOPT_POSTFIELDS, $body);
        }
        $content = curl_exec($this->curl);
        if (!is_string($content) && \CURLE_OK !== curl_errno($this->curl)) {
            throw new \RuntimeException($method.' '.substr($target, 0, 200).': '.curl_error($this->curl));
        }

        return new Response(curl_getinfo($this->curl, \CURLINFO_RESPONSE_CODE), $received, (string) $content, curl_getinfo($this->curl, \CURLINFO_TOTAL_TIME));
    }

    /** @param array<string, string> $headers */
    public function get(string $target, array $headers = []): Response
    {
        return $this->send('GET', $target, $headers);
    }

    /** Writes bytes to a connection and reads until it is closed. */
    public function raw(string $bytes): string
    {
        $socket = stream_socket_client('tcp://127.0.0.1:'.$this->port, $code, $message, 2);
        if (false === $socket) {
            throw new \RuntimeException((string) $message);
        }
        stream_set_timeout($socket, 1);
        fwrite($socket, $bytes);
        $answer = (string) stream_get_contents($socket);
        fclose($socket);

        return $answer;
    }
}
