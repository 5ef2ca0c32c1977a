<?php

declare(strict_types=1);

namespace App\Sidecar;

use App\Resilience\CircuitBreaker;
use App\Settings;
use App\Telemetry\Span;
use App\Telemetry\Tracer;

/** HTTP client of the sidecar, over loopback. */
final readonly class SidecarClient
{
    private const DEPENDENCY = 'sidecar';
    /** A circuit breaker of its own: slow trace intake does not mean slow media, nor the reverse. */
    private const TRACES = 'traces';
    private const CONNECT_MS = 250;
    /** The client already has its response, but the worker is busy until this request ends. */
    private const TRACES_MS = 200;
    /** The sidecar answers a carry within the requested wait; after this much more the request times out. */
    private const CARRY_SLACK_MS = 300;

    public function __construct(private Settings $settings, private Tracer $tracer, private CircuitBreaker $breaker)
    {
    }

    /** Asks the sidecar to carry one outbox file to Blob and waits for it. Never throws: the sidecar's scan carries the file later. */
    public function carry(string $name, int $waitMs): CarryResult
    {
        try {
            $answer = $this->call('POST', '/carry?name='.rawurlencode($name).'&wait='.$waitMs, $waitMs + self::CARRY_SLACK_MS);
        } catch (SidecarUnavailableException) {
            return CarryResult::Pending;
        }

        return 200 === $answer->status && true === ($answer->json()['durable'] ?? null) ? CarryResult::Durable : CarryResult::Pending;
    }

    /**
     * @param non-empty-string $method
     *
     * @throws SidecarUnavailableException when there is no answer in time
     */
    public function call(string $method, string $path, int $timeoutMs): SidecarResponse
    {
        if (!$this->breaker->allows(self::DEPENDENCY)) {
            throw new SidecarUnavailableException('The sidecar timed out recently; the circuit breaker is open.', true);
        }

        return $this->tracer->span('sidecar '.$method.' '.strtok($path, '?'), function (Span $span) use ($method, $path, $timeoutMs): SidecarResponse {
            $span->set('http.request.method', $method);
            $span->set('server.port', $this->settings->sidecarPort);
            $curl = $this->open($method, $path, $timeoutMs, ['traceparent: '.$this->tracer->traceparent($span)]);
            $body = curl_exec($curl);
            $this->recordOutcome(curl_errno($curl), curl_error($curl));
            $status = curl_getinfo($curl, \CURLINFO_RESPONSE_CODE);
            $span->set('http.response.status_code', $status);

            return new SidecarResponse($status, is_string($body) ? $body : '');
        });
    }

    /** Spans that the sidecar does not accept in time are dropped. */
    public function sendTraces(string $otlpJson): void
    {
        if (!$this->breaker->allows(self::TRACES)) {
            return;
        }
        $curl = $this->open('POST', '/v1/traces', self::TRACES_MS, ['Content-Type: application/json', 'Expect:']);
        curl_setopt($curl, \CURLOPT_POSTFIELDS, $otlpJson);
        curl_exec($curl);
        if (\CURLE_OPERATION_TIMEDOUT === curl_errno($curl)) {
            $this->breaker->recordTimeout(self::TRACES);
        } else {
            $this->breaker->recordSuccess(self::TRACES);
        }
    }

    /**
     * @param non-empty-string $method
     * @param list<string>     $headers
     */
    private function open(string $method, string $path, int $timeoutMs, array $headers): \CurlHandle
    {
        $curl = curl_init('http://127.0.0.1:'.$this->settings->sidecarPort.$path);
        if (false === $curl) {
            throw new SidecarUnavailableException('The URL of the sidecar is invalid.');
        }
        curl_setopt_array($curl, [
            \CURLOPT_CUSTOMREQUEST => $method,
            \CURLOPT_RETURNTRANSFER => true,
            \CURLOPT_CONNECTTIMEOUT_MS => self::CONNECT_MS,
            \CURLOPT_TIMEOUT_MS => $timeoutMs,
            \CURLOPT_NOSIGNAL => true,
            \CURLOPT_PROXY => '',
            \CURLOPT_HTTPHEADER => $headers,
        ]);

        return $curl;
    }

    private function recordOutcome(int $error, string $message): void
    {
        if (\CURLE_OPERATION_TIMEDOUT === $error) {
            $this->breaker->recordTimeout(self::DEPENDENCY);
            throw new SidecarUnavailableException('The sidecar timed out.', true);
        }
        if (\CURLE_OK !== $error && \CURLE_WRITE_ERROR !== $error) {
            throw new SidecarUnavailableException('The sidecar cannot be reached: '.$message);
        }
        $this->breaker->recordSuccess(self::DEPENDENCY);
    }
}
