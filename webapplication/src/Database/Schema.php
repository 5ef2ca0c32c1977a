<?php

declare(strict_types=1);

namespace App\Database;

/** The executed migrations of a database, each by the 14 digits of its name. */
final readonly class Schema
{
    public const NONE = '0';

    /**
     * @param list<string> $executed  ascending
     * @param list<string> $contracts the contract migrations among them
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
     * @param list<string> $needed the expand migrations that the code requires
     * @param string       $made   the newest migration the code knows; a later contract migration breaks it
     *
     * @return string|null the reason why the code cannot use this schema, or null
     */
    public function problem(array $needed, string $made): ?string
    {
        $missing = array_diff($needed, $this->executed);
        if ([] !== $missing) {
            return 'Migrations are missing: '.implode(', ', $missing);
        }
        $foreign = array_filter($this->contracts, static fn (string $version): bool => $version > $made);

        return [] === $foreign ? null : 'Contract migrations newer than this code were executed: '.implode(', ', $foreign);
    }
}
