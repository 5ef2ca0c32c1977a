<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** A span of a received OTLP/HTTP JSON body. */
final readonly class ReceivedSpan
{
    /** @param array<string, string> $attributes */
    private function __construct(
        public string $name,
        public string $traceId,
        public string $id,
        public ?string $parentId,
        public int $kind,
        public int $startedAt,
        public int $endedAt,
        public bool $failed,
        public array $attributes,
    ) {
    }

    /**
     * @param array<mixed> $body
     *
     * @return array<string, self> by name
     */
    public static function allIn(array $body): array
    {
        $spans = [];
        foreach (self::listIn($body, 'resourceSpans') as $resource) {
            foreach (self::listIn($resource, 'scopeSpans') as $scope) {
                foreach (self::listIn($scope, 'spans') as $span) {
                    $spans[Text::of($span['name'] ?? null)] = self::from($span);
                }
            }
        }

        return $spans;
    }

    /** @param array<mixed> $span */
    private static function from(array $span): self
    {
        $attributes = [];
        foreach (self::listIn($span, 'attributes') as $attribute) {
            $attributes[Text::of($attribute['key'] ?? null)] = Text::of(current((array) ($attribute['value'] ?? [])));
        }

        return new self(
            Text::of($span['name'] ?? null),
            Text::of($span['traceId'] ?? null),
            Text::of($span['spanId'] ?? null),
            isset($span['parentSpanId']) ? Text::of($span['parentSpanId']) : null,
            (int) Text::of($span['kind'] ?? null),
            (int) Text::of($span['startTimeUnixNano'] ?? null),
            (int) Text::of($span['endTimeUnixNano'] ?? null),
            ['code' => 2] === ($span['status'] ?? null),
            $attributes,
        );
    }

    /**
     * @param array<mixed> $parent
     *
     * @return list<array<mixed>>
     */
    private static function listIn(array $parent, string $member): array
    {
        return array_values(array_filter((array) ($parent[$member] ?? []), is_array(...)));
    }
}
