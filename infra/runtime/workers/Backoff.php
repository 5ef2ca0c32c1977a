<?php

declare(strict_types=1);

namespace Slipway\Workers;

/** How long to wait before a worker that ended is started again. */
final readonly class Backoff
{
    /** A worker that ran this long before it ended has not failed at its start. */
    public const SETTLED_SECONDS = 10.0;
    private const FIRST_SECONDS = 1.0;
    private const MAX_SECONDS = 30.0;

    /** Failures in a row after one more end. */
    public static function failures(int $before, float $ranSeconds, bool $cleanly): int
    {
        return match (true) {
            $ranSeconds < self::SETTLED_SECONDS => $before + 1,
            $cleanly => 0,
            default => 1,
        };
    }

    /**
     * Doubles with every failure up to half a minute. A random half of it keeps the instances of a site from starting at the same moment.
     *
     * @param float $random from 0 to 1
     */
    public static function seconds(int $failures, float $random): float
    {
        $longest = 0 === $failures ? self::FIRST_SECONDS : min(self::MAX_SECONDS, self::FIRST_SECONDS * 2 ** min($failures - 1, 10));

        return $longest / 2 * (1 + $random);
    }
}
