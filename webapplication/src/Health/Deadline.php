<?php

declare(strict_types=1);

namespace App\Health;

/** The deadline that all checks share. */
final readonly class Deadline
{
    /** The least time of a check, even after the deadline. */
    private const MIN_SECONDS = 0.15;

    private float $at;

    public function __construct(float $seconds)
    {
        $this->at = microtime(true) + $seconds;
    }

    /** Seconds that one check may take when it has to leave some for later checks. */
    public function secondsFor(float $atMost, float $leave = 0.0): float
    {
        return max(self::MIN_SECONDS, min($atMost, $this->at - microtime(true) - $leave));
    }
}
