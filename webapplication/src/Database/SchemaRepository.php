<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Connection;
use Doctrine\DBAL\Exception\TableNotFoundException;

/** Reads which migrations were executed, and of which kind they were. */
final readonly class SchemaRepository
{
    public const EXECUTED_TABLE = 'schema_migrations';
    public const KINDS_TABLE = 'schema_changes';

    public function read(Connection $connection): Schema
    {
        try {
            $rows = $connection->fetchAllAssociative(
                'SELECT RIGHT(m.version, 14) AS version, k.kind FROM '.self::EXECUTED_TABLE.' m LEFT JOIN '.self::KINDS_TABLE.' k ON k.version = RIGHT(m.version, 14) ORDER BY version',
            );
        } catch (TableNotFoundException) {
            return new Schema([], []);
        }
        $executed = [];
        $contracts = [];
        foreach ($rows as ['version' => $version, 'kind' => $kind]) {
            if (!is_string($version)) {
                continue;
            }
            $executed[] = $version;
            if (MigrationKind::Contract->value === $kind) {
                $contracts[] = $version;
            }
        }

        return new Schema($executed, $contracts);
    }

    /** The newest executed migration, with one indexed query. */
    public function version(Connection $connection): string
    {
        try {
            $version = $connection->fetchOne('SELECT MAX(RIGHT(version, 14)) FROM '.self::EXECUTED_TABLE);
        } catch (TableNotFoundException) {
            return Schema::NONE;
        }

        return is_string($version) ? $version : Schema::NONE;
    }
}
