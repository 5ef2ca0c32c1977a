<?php

declare(strict_types=1);

namespace App\Telemetry;

/** W3C trace context of this request: taken from the caller's traceparent, or new. */
final readonly class TraceContext
{
    private function __construct(
        /** 32 hex digits. */
        public string $traceId,
        /** 16 hex digits, or null at the root. */
        public ?string $parentSpanId,
        /** The caller's sampling decision; null without one. */
        public ?bool $sampled,
    ) {
    }

    public static function fromHeader(?string $traceparent): self
    {
        if (null !== $traceparent
            && 1 === preg_match('/^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/D', trim($traceparent), $parts)
            && !self::isZero($parts[1]) && !self::isZero($parts[2])
        ) {
            return new self($parts[1], $parts[2], 1 === (hexdec($parts[3]) & 1));
        }

        return new self(bin2hex(random_bytes(16)), null, null);
    }

    private static function isZero(string $hex): bool
    {
        return '' === trim($hex, '0');
    }
}
