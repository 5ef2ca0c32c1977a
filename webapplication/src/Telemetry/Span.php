<?php

declare(strict_types=1);

namespace App\Telemetry;

final class Span
{
    public readonly string $id;

    private ?float $endedAt = null;
    private bool $failed = false;

    /** @param array<string, bool|int|string> $attributes */
    public function __construct(
        public string $name,
        public readonly SpanKind $kind,
        public readonly ?string $parentId,
        /** Unix time in seconds. */
        public readonly float $startedAt,
        private array $attributes = [],
    ) {
        $this->id = bin2hex(random_bytes(8));
    }

    public function set(string $attribute, bool|int|string $value): void
    {
        $this->attributes[$attribute] = $value;
    }

    public function fail(): void
    {
        $this->failed = true;
    }

    public function end(): void
    {
        $this->endedAt ??= microtime(true);
    }

    public function failed(): bool
    {
        return $this->failed;
    }

    public function endedAt(): float
    {
        return $this->endedAt ?? microtime(true);
    }

    /** @return array<string, bool|int|string> */
    public function attributes(): array
    {
        return $this->attributes;
    }
}
