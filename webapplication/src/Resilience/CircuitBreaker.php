<?php

declare(strict_types=1);

namespace App\Resilience;

use App\Settings;

/**
 * A circuit breaker per dependency, shared by all workers of this container through a file. It opens after TIMEOUTS_IN_A_ROW
 * timeouts; while it is open, one request every RETRY_SECONDS tries the dependency and all others fail at once.
 */
final readonly class CircuitBreaker
{
    private const TIMEOUTS_IN_A_ROW = 3;
    private const RETRY_SECONDS = 2;

    public function __construct(private Settings $settings)
    {
    }

    /** Returns true when the circuit is closed, or when it is open and this request is the one that probes the dependency. */
    public function allows(string $dependency): bool
    {
        $mark = $this->mark($dependency);
        clearstatcache(true, $mark);
        // The file holds one byte for each timeout since the last answer.
        $state = @stat($mark);
        if (false === $state || $state['size'] < self::TIMEOUTS_IN_A_ROW) {
            return true;
        }
        if ($state['mtime'] > time() - self::RETRY_SECONDS) {
            return false;
        }
        @touch($mark);

        return true;
    }

    public function recordTimeout(string $dependency): void
    {
        @file_put_contents($this->mark($dependency), '.', \FILE_APPEND);
    }

    public function recordSuccess(string $dependency): void
    {
        $mark = $this->mark($dependency);
        if (is_file($mark)) {
            @unlink($mark);
        }
    }

    private function mark(string $dependency): string
    {
        return $this->settings->runDirectory.'/tmp/hangs-'.$dependency;
    }
}
