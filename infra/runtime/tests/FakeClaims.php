<?php

declare(strict_types=1);

namespace Slipway\Workers\Tests;

use Slipway\Workers\Claims;
use Slipway\Workers\ClaimsUnavailableException;

/** What the instances of a test share. */
final class FakeClaims implements Claims
{
    /** @var array<string, true> */
    public array $running = [];
    public ?int $last = null;
    public bool $isAway = false;
    /** @var array<string, true> */
    private array $minutes = [];

    public function claimMinute(string $entry, int $minute): bool
    {
        $this->ask();
        $isFirst = !isset($this->minutes["$entry:$minute"]);
        $this->minutes["$entry:$minute"] = true;

        return $isFirst;
    }

    public function begin(string $entry): bool
    {
        $this->ask();
        $isFree = !isset($this->running[$entry]);
        $this->running[$entry] = true;

        return $isFree;
    }

    public function keep(string $entry): void
    {
        $this->ask();
    }

    public function end(string $entry): void
    {
        $this->ask();
        unset($this->running[$entry]);
    }

    public function lastMinute(): ?int
    {
        $this->ask();

        return $this->last;
    }

    public function markMinute(int $minute): void
    {
        $this->ask();
        $this->last = $minute;
    }

    private function ask(): void
    {
        if ($this->isAway) {
            throw new ClaimsUnavailableException('Redis cannot be asked');
        }
    }
}
