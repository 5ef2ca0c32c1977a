<?php

declare(strict_types=1);

namespace App\Database;

/** The migrations a database has seen, by the 14 digits of their names. */
final readonly class Schema
{
    public const NONE = '0';

    /**
     * @param list<string> $executed  ascending
     * @param list<string> $contracts those of them that took something away
     */
    public function __construct(public array $executed, public array $contracts)
    {
    }

    /** The newest executed migration. */
    public function version(): string
    {
        return [] === $this->executed ? self::NONE : max($this->executed);
    }

    /**
     * @param list<string> $needed what the code cannot do without
     * @param string       $made   the newest migration the code knows; a later contracting one breaks it
     *
     * @return string|null what is wrong, or null when the code can work with it
     */
    public function problem(array $needed, string $made): ?string
    {
        $missing = array_diff($needed, $this->executed);
        if ([] !== $missing) {
            return 'Migrations are missing: '.implode(', ', $missing);
        }
        $foreign = array_filter($this->contracts, static fn (string $version): bool => $version > $made);

        return [] === $foreign ? null : 'Migrations newer than this code took something away: '.implode(', ', $foreign);
    }
}
