<?php

declare(strict_types=1);

namespace App\Resilience;

use App\Settings;

/**
 * Remembers, for all workers of this container, that a dependency kept several callers in a row waiting for nothing. While it
 * remembers, one caller in RETRY_SECONDS tries again and the others do without at once. One slow answer is no outage.
 */
final readonly class CircuitBreaker
{
    private const HANGS_IN_A_ROW = 3;
    private const RETRY_SECONDS = 2;

    public function __construct(private Settings $settings)
    {
    }

    /** Whether to try; the caller that is let through while the dependency is known to hang is the one that probes it. */
    public function allows(string $dependency): bool
    {
        $mark = $this->mark($dependency);
        clearstatcache(true, $mark);
        // One byte for each hang since the last answer.
        $state = @stat($mark);
        if (false === $state || $state['size'] < self::HANGS_IN_A_ROW) {
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
