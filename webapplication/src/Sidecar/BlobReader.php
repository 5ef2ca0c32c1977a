<?php

declare(strict_types=1);

namespace App\Sidecar;

use App\Media\BlobContent;
use App\Media\MediaName;
use App\Resilience\CircuitBreaker;
use App\Settings;
use App\Telemetry\Span;
use App\Telemetry\Tracer;

/** Streams files from Blob through the sidecar, without holding them in memory. */
final readonly class BlobReader
{
    private const DEPENDENCY = 'sidecar';
    /** Timeout of the connection and of each read. */
    private const TIMEOUT_SECONDS = 3.0;
    /** A sidecar that restarts refuses connections for a moment. */
    private const RETRY_AFTER_MICROSECONDS = 100_000;

    public function __construct(private Settings $settings, private Tracer $tracer, private CircuitBreaker $breaker)
    {
    }

    /**
     * @return BlobContent|null null when Blob has no such blob
     *
     * @throws SidecarUnavailableException when the sidecar or Blob does not answer
     */
    public function open(MediaName $name): ?BlobContent
    {
        [$status, $headers, $stream] = $this->get($name, []);
        // 400: a name that Blob cannot have.
        if (in_array($status, [400, 404], true)) {
            return null;
        }
        if (200 !== $status || 1 !== preg_match('/^\d{1,18}$/D', $headers['content-length'] ?? '')) {
            throw new SidecarUnavailableException('Blob is unavailable: status '.$status);
        }

        return new BlobContent(
            $this,
            $name,
            $stream,
            (int) $headers['content-length'],
            self::md5($headers['x-ms-blob-content-md5'] ?? ''),
            strtolower(trim(explode(';', $headers['content-type'] ?? '')[0])),
        );
    }

    /** @return resource */
    public function part(MediaName $name, int $offset, int $length): mixed
    {
        [$status, , $stream] = $this->get($name, [sprintf('Range: bytes=%d-%d', $offset, $offset + $length - 1)]);
        if (206 !== $status) {
            throw new SidecarUnavailableException('Blob did not return the range: status '.$status);
        }

        return $stream;
    }

    private static function md5(string $base64): ?string
    {
        $md5 = base64_decode($base64, true);

        return false === $md5 || '' === $md5 ? null : $md5;
    }

    /**
     * @param list<string> $headers
     *
     * @return array{int, array<string, string>, resource}
     */
    private function get(MediaName $name, array $headers): array
    {
        if (!$this->breaker->allows(self::DEPENDENCY)) {
            throw new SidecarUnavailableException('The sidecar timed out recently; the circuit breaker is open.', true);
        }

        return $this->tracer->span('sidecar GET /blob', function (Span $span) use ($name, $headers): array {
            $stream = $this->connect($name, [...$headers, 'traceparent: '.$this->tracer->traceparent($span)]);
            [$status, $received] = $this->head(stream_get_meta_data($stream)['wrapper_data'] ?? []);
            $span->set('http.response.status_code', $status);

            return [$status, $received, $stream];
        });
    }

    /**
     * @param list<string> $headers
     *
     * @return resource
     */
    private function connect(MediaName $name, array $headers): mixed
    {
        $context = stream_context_create(['http' => [
            'protocol_version' => 1.1,
            'header' => [...$headers, 'Connection: close'],
            'timeout' => self::TIMEOUT_SECONDS,
            'ignore_errors' => true,
            'follow_location' => 0,
        ]]);
        for ($attempt = 1; $attempt <= 2; ++$attempt) {
            $startedAt = microtime(true);
            $stream = @fopen('http://127.0.0.1:'.$this->settings->sidecarPort.'/blob/'.$name->encoded(), 'r', false, $context);
            if (false !== $stream) {
                $this->breaker->recordSuccess(self::DEPENDENCY);

                return $stream;
            }
            if (microtime(true) - $startedAt >= self::TIMEOUT_SECONDS * 0.9) {
                $this->breaker->recordTimeout(self::DEPENDENCY);
                throw new SidecarUnavailableException('The sidecar timed out.', true);
            }
            usleep(self::RETRY_AFTER_MICROSECONDS);
        }

        throw new SidecarUnavailableException('The sidecar cannot be reached.');
    }

    /** @return array{int, array<string, string>} */
    private function head(mixed $lines): array
    {
        $status = 0;
        $headers = [];
        foreach (is_array($lines) ? $lines : [] as $line) {
            if (!is_string($line)) {
                continue;
            }
            if (1 === preg_match('{^HTTP/1\.[01] (\d{3})}', $line, $parts)) {
                $status = (int) $parts[1];
                continue;
            }
            [$field, $value] = explode(':', $line, 2) + [1 => ''];
            $headers[strtolower($field)] = trim($value);
        }

        return [$status, $headers];
    }
}
