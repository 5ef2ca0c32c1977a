<?php

declare(strict_types=1);

namespace App\Tests\Servers;

final class Wait
{
    private const FIRST_PAUSE_MICROSECONDS = 5_000;
    private const LONGEST_PAUSE_MICROSECONDS = 50_000;

    /**
     * @template T
     *
     * @param callable(): T $condition
     *
     * @return T its first value that is neither false nor null
     */
    public static function until(string $what, callable $condition, float $seconds = 30.0): mixed
    {
        $deadline = microtime(true) + $seconds;
        $pause = self::FIRST_PAUSE_MICROSECONDS;
        do {
            $value = $condition();
            if (false !== $value && null !== $value) {
                return $value;
            }
            usleep($pause);
            // What takes long is often asked of a server that has other work.
            $pause = min(2 * $pause, self::LONGEST_PAUSE_MICROSECONDS);
        } while (microtime(true) < $deadline);

        throw new \RuntimeException(sprintf('Waited %.1f s in vain: %s', $seconds, $what));
    }
}
