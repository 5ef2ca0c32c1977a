<?php

declare(strict_types=1);

namespace App\Telemetry;

/** Collects the spans of one request; SendTraces sends them after the response. */
final class Tracer
{
    private ?TraceContext $context = null;
    private ?Span $request = null;

    /** @var list<Span> */
    private array $spans = [];

    public function traceId(): string
    {
        return $this->context()->traceId;
    }

    public function context(): TraceContext
    {
        $header = $_SERVER['HTTP_TRACEPARENT'] ?? null;

        return $this->context ??= TraceContext::fromHeader(is_string($header) ? $header : null);
    }

    public function request(): Span
    {
        if (null === $this->request) {
            $startedAt = $_SERVER['REQUEST_TIME_FLOAT'] ?? null;
            $this->request = new Span('request', SpanKind::Server, $this->context()->parentSpanId, is_float($startedAt) ? $startedAt : microtime(true));
        }

        return $this->request;
    }

    /**
     * @template T
     *
     * @param callable(Span): T               $work
     * @param array<string, bool|int|string> $attributes
     *
     * @return T
     */
    public function span(string $name, callable $work, array $attributes = []): mixed
    {
        $span = new Span($name, SpanKind::Client, $this->request()->id, microtime(true), $attributes);
        $this->spans[] = $span;
        try {
            return $work($span);
        } catch (\Throwable $failure) {
            $span->fail();
            throw $failure;
        } finally {
            $span->end();
        }
    }

    /** The traceparent header of an outgoing request that the given span describes. */
    public function traceparent(Span $span): string
    {
        return sprintf('00-%s-%s-%s', $this->traceId(), $span->id, false === $this->context()->sampled ? '00' : '01');
    }

    /** @return list<Span> */
    public function spans(): array
    {
        return $this->spans;
    }
}
