<?php

declare(strict_types=1);

namespace App\Tests\Servers;

final class Wait
{
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
        do {
            $value = $condition();
            if (false !== $value && null !== $value) {
                return $value;
            }
            usleep(10_000);
        } while (microtime(true) < $deadline);

        throw new \RuntimeException(sprintf('Waited %.1f s in vain: %s', $seconds, $what));
    }
}
