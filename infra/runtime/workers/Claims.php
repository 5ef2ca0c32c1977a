<?php

declare(strict_types=1);

namespace Slipway\Workers;

/** What all instances of a site agree on about its schedule. Every method throws a ClaimsUnavailableException when it cannot be asked. */
interface Claims
{
    /** True for the first that claims the minute for an entry, and for nobody after. */
    public function claimMinute(string $entry, int $minute): bool;

    /** True when nobody else runs the entry. Holds for a minute unless it is kept. */
    public function begin(string $entry): bool;

    public function keep(string $entry): void;

    public function end(string $entry): void;

    /** The last minute that anybody looked after the schedule in; null when that is long ago. */
    public function lastMinute(): ?int;

    public function markMinute(int $minute): void;
}
