<?php

declare(strict_types=1);

namespace Slipway\Agent;

/** How much room a share has left. Its quota is what the container sees as the size of the disk. */
final readonly class ShareRoom
{
    /** The mebibyte that is left holds no picture of a visitor's. */
    private const FULL_BYTES = 1_048_576;
    private const NEARLY_FULL = 0.05;

    /** What is wrong, or null. A share that does not say how large it is has room. */
    public static function problem(float|false $free, float|false $total): ?string
    {
        return match (true) {
            false === $free || false === $total => null,
            $free < self::FULL_BYTES => 'the share of media is full, so that writes fail',
            $free < $total * self::NEARLY_FULL => 'the share of media is nearly full',
            default => null,
        };
    }
}
