<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Driver;
use Doctrine\DBAL\Driver\Connection as DriverConnection;
use Doctrine\DBAL\Driver\Middleware\AbstractDriverMiddleware;

/** A class with a name, as its connections and statements are: PHP 8.2 crashes at the second use of a preloaded anonymous one. */
final class GuardedDriver extends AbstractDriverMiddleware
{
    public function __construct(Driver $driver, private readonly StatementGuard $guard)
    {
        parent::__construct($driver);
    }

    public function connect(#[\SensitiveParameter] array $params): DriverConnection
    {
        return new GuardedConnection(parent::connect($params), $this->guard);
    }
}
