<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\Migrations\Metadata\ExecutedMigrationsList;
use Doctrine\Migrations\Metadata\Storage\MetadataStorage;
use Doctrine\Migrations\Version\ExecutionResult;

/** For dry runs: Doctrine's own storage adds its INSERT to the SQL of the migration. */
final class NoMetadataStorage implements MetadataStorage
{
    public function ensureInitialized(): void
    {
    }

    public function getExecutedMigrations(): ExecutedMigrationsList
    {
        return new ExecutedMigrationsList([]);
    }

    public function complete(ExecutionResult $result): void
    {
    }

    public function reset(): void
    {
    }
}
