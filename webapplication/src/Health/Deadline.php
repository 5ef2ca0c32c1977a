<?php

declare(strict_types=1);

namespace App\Health;

/** When all checks together have to be done. */
final readonly class Deadline
{
    private float $at;

    public function __construct(float $seconds)
    {
        $this->at = microtime(true) + $seconds;
    }

    /** At least a tenth of a second: who comes last is asked all the same. */
    public function remainingMicroseconds(): int
    {
        return max(100_000, (int) (($this->at - microtime(true)) * 1_000_000));
    }
}
