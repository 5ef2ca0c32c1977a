<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Driver\Connection as DriverConnection;
use Doctrine\DBAL\Driver\Middleware\AbstractConnectionMiddleware;
use Doctrine\DBAL\Driver\Result;
use Doctrine\DBAL\Driver\Statement;

final class GuardedConnection extends AbstractConnectionMiddleware
{
    public function __construct(DriverConnection $connection, private readonly StatementGuard $guard)
    {
        parent::__construct($connection);
    }

    public function prepare(string $sql): Statement
    {
        return new GuardedStatement(parent::prepare($sql), $this->guard, $sql);
    }

    public function query(string $sql): Result
    {
        return $this->guard->run($sql, fn (): Result => parent::query($sql), new EmptyResult());
    }

    public function exec(string $sql): int|string
    {
        return $this->guard->run($sql, fn (): int|string => parent::exec($sql), 0);
    }
}
