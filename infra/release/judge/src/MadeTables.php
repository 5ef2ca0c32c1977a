<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** The tables that the statements before made: the version that is live does not know them. */
final class MadeTables
{
    /** @var array<string, true> */
    private array $names = [];

    public function add(string $name): void
    {
        $this->names[$name] = true;
    }

    /** Upper and lower case differ here; where they do not in MySQL, refusing is the safe side. */
    public function has(string $name): bool
    {
        return isset($this->names[$name]);
    }
}
