<?php

declare(strict_types=1);

namespace App\Telemetry;

/** Encodes spans as OTLP/HTTP JSON (opentelemetry-proto 1.x): ids in hex, times as strings of nanoseconds. */
final class OtlpJson
{
    private const STATUS_ERROR = 2;

    /**
     * @param list<Span>            $spans
     * @param array<string, string> $resource
     */
    public static function encode(string $traceId, array $spans, array $resource): string
    {
        return json_encode(['resourceSpans' => [[
            'resource' => ['attributes' => self::attributes($resource)],
            'scopeSpans' => [[
                'scope' => ['name' => 'slipway.webapplication'],
                'spans' => array_map(static fn (Span $span): array => self::span($traceId, $span), $spans),
            ]],
        ]]], \JSON_THROW_ON_ERROR | \JSON_INVALID_UTF8_SUBSTITUTE | \JSON_UNESCAPED_SLASHES);
    }

    /** @return array<string, mixed> */
    private static function span(string $traceId, Span $span): array
    {
        return ['traceId' => $traceId, 'spanId' => $span->id]
            + (null === $span->parentId ? [] : ['parentSpanId' => $span->parentId])
            + [
                'name' => $span->name,
                'kind' => $span->kind->value,
                'startTimeUnixNano' => self::nanoseconds($span->startedAt),
                'endTimeUnixNano' => self::nanoseconds($span->endedAt()),
                'attributes' => self::attributes($span->attributes()),
            ]
            + ($span->failed() ? ['status' => ['code' => self::STATUS_ERROR]] : []);
    }

    /**
     * @param array<string, bool|int|string> $attributes
     *
     * @return list<array{key: string, value: array<string, bool|string>}>
     */
    private static function attributes(array $attributes): array
    {
        $encoded = [];
        foreach ($attributes as $key => $value) {
            $encoded[] = ['key' => $key, 'value' => match (true) {
                is_bool($value) => ['boolValue' => $value],
                is_int($value) => ['intValue' => (string) $value],
                default => ['stringValue' => $value],
            }];
        }

        return $encoded;
    }

    private static function nanoseconds(float $seconds): string
    {
        return str_replace('.', '', sprintf('%.6f', $seconds)).'000';
    }
}
