<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Connection;

/** A connection for migrations, and the guard of what it sends. */
final readonly class MigrationConnection
{
    public function __construct(public Connection $connection, public StatementGuard $guard)
    {
    }
}
