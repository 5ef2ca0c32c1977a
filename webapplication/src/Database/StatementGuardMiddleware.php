<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Driver;
use Doctrine\DBAL\Driver\Middleware;

/** Puts a StatementGuard between Doctrine and the server. */
final readonly class StatementGuardMiddleware implements Middleware
{
    public function __construct(private StatementGuard $guard)
    {
    }

    public function wrap(Driver $driver): Driver
    {
        return new GuardedDriver($driver, $this->guard);
    }
}
