<?php

declare(strict_types=1);

namespace App\Health;

/** When all checks together have to be done. */
final readonly class Deadline
{
    /** Who comes last is asked all the same. */
    private const LEAST = 0.15;

    private float $at;

    public function __construct(float $seconds)
    {
        $this->at = microtime(true) + $seconds;
    }

    /** The seconds one check may take, when it has to leave some to the others. */
    public function secondsFor(float $atMost, float $leave = 0.0): float
    {
        return max(self::LEAST, min($atMost, $this->at - microtime(true) - $leave));
    }
}
