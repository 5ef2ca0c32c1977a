<?php

declare(strict_types=1);

namespace App\Resilience;

use App\Settings;

/**
 * Remembers, for all workers of this container, that a dependency just kept somebody waiting for nothing.
 * While it remembers, one request in RETRY_SECONDS tries again and the others do without at once.
 */
final readonly class Breaker
{
    private const RETRY_SECONDS = 2;

    public function __construct(private Settings $settings)
    {
    }

    /** Whether to try; the caller that is let through while the dependency is known to hang is the one that probes it. */
    public function allows(string $dependency): bool
    {
        $mark = $this->mark($dependency);
        clearstatcache(true, $mark);
        $trippedAt = @filemtime($mark);
        if (false === $trippedAt) {
            return true;
        }
        if ($trippedAt > time() - self::RETRY_SECONDS) {
            return false;
        }
        @touch($mark);

        return true;
    }

    public function trip(string $dependency): void
    {
        @touch($this->mark($dependency));
    }

    public function reset(string $dependency): void
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
