<?php

declare(strict_types=1);

namespace Slipway\Agent\Migration;

/**
 * Any other command. It gets the names of the migrations in SLIPWAY_MIGRATIONS, prints `-- NAME` before the SQL of each, and ends a
 * statement with a semicolon at the end of a line. What ran is recorded in a table of slipway's own.
 */
final readonly class PlainMigrations implements MigrationTool
{
    public function select(array $words, array $names): array
    {
        return $words;
    }

    public function statements(string $output, array $pending): array
    {
        $found = [];
        $current = null;
        $statement = '';
        foreach (preg_split('/\R/', $output) ?: [] as $line) {
            if (1 === preg_match('/^-- (\S+)$/', trim($line), $parts) && in_array($parts[1], $pending, true)) {
                if ('' !== trim($statement)) {
                    throw new NotUnderstoodException(trim($statement));
                }
                $current = $parts[1];
                $found[$current] ??= [];
                continue;
            }
            if ('' === trim($line) && '' === $statement) {
                continue;
            }
            if (null === $current) {
                throw new NotUnderstoodException(trim($line));
            }
            $statement .= ('' === $statement ? '' : "\n").$line;
            if (str_ends_with(rtrim($line), ';')) {
                $found[$current][] = trim($statement);
                $statement = '';
            }
        }
        if ('' !== trim($statement)) {
            $found[(string) $current][] = trim($statement);
        }

        return $found;
    }

    public function executed(\PDO $connection): array
    {
        return Recorded::names($connection, 'SELECT name FROM slipway_migrations');
    }

    public function record(\PDO $connection, array $names): void
    {
        $connection->exec('CREATE TABLE IF NOT EXISTS slipway_migrations (name VARCHAR(191) NOT NULL PRIMARY KEY, executed_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)');
        $insert = $connection->prepare('INSERT IGNORE INTO slipway_migrations (name) VALUES (?)');
        foreach ($names as $name) {
            $insert->execute([$name]);
        }
    }
}
