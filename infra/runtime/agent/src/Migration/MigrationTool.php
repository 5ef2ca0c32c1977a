<?php

declare(strict_types=1);

namespace Slipway\Agent\Migration;

/** What a framework's migration command prints, and how it is told which migrations to take. */
interface MigrationTool
{
    /**
     * @param list<string> $words the command
     * @param list<string> $names the only migrations that it may take
     *
     * @return list<string>
     */
    public function select(array $words, array $names): array;

    /**
     * The SQL of each migration, from what a dry run printed.
     *
     * @param list<string> $pending
     *
     * @return array<string, list<string>> by name, in the order of the dry run
     *
     * @throws NotUnderstoodException
     */
    public function statements(string $output, array $pending): array;

    /** @return list<string> names of the migrations that are recorded as carried out */
    public function executed(\PDO $connection): array;

    /**
     * Records what ran, where the command itself does not.
     *
     * @param list<string> $names
     */
    public function record(\PDO $connection, array $names): void;
}
