<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Driver;
use Doctrine\DBAL\Driver\Connection as DriverConnection;
use Doctrine\DBAL\Driver\Middleware;
use Doctrine\DBAL\Driver\Middleware\AbstractConnectionMiddleware;
use Doctrine\DBAL\Driver\Middleware\AbstractDriverMiddleware;
use Doctrine\DBAL\Driver\Middleware\AbstractStatementMiddleware;
use Doctrine\DBAL\Driver\Result;
use Doctrine\DBAL\Driver\Statement;

/** Puts a StatementGuard between Doctrine and the server. */
final readonly class GuardedDriver implements Middleware
{
    public function __construct(private StatementGuard $guard)
    {
    }

    public function wrap(Driver $driver): Driver
    {
        return new class($driver, $this->guard) extends AbstractDriverMiddleware {
            public function __construct(Driver $driver, private readonly StatementGuard $guard)
            {
                parent::__construct($driver);
            }

            public function connect(#[\SensitiveParameter] array $params): DriverConnection
            {
                return GuardedDriver::connection(parent::connect($params), $this->guard);
            }
        };
    }

    public static function connection(DriverConnection $connection, StatementGuard $guard): DriverConnection
    {
        return new class($connection, $guard) extends AbstractConnectionMiddleware {
            public function __construct(DriverConnection $connection, private readonly StatementGuard $guard)
            {
                parent::__construct($connection);
            }

            public function prepare(string $sql): Statement
            {
                return GuardedDriver::statement(parent::prepare($sql), $this->guard, $sql);
            }

            public function query(string $sql): Result
            {
                return $this->guard->run($sql, fn (): Result => parent::query($sql), new EmptyResult());
            }

            public function exec(string $sql): int|string
            {
                return $this->guard->run($sql, fn (): int|string => parent::exec($sql), 0);
            }
        };
    }

    public static function statement(Statement $statement, StatementGuard $guard, string $sql): Statement
    {
        return new class($statement, $guard, $sql) extends AbstractStatementMiddleware {
            public function __construct(Statement $statement, private readonly StatementGuard $guard, private readonly string $sql)
            {
                parent::__construct($statement);
            }

            public function execute(): Result
            {
                return $this->guard->run($this->sql, fn (): Result => parent::execute(), new EmptyResult());
            }
        };
    }
}
