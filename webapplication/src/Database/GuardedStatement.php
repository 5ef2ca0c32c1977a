<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Driver\Middleware\AbstractStatementMiddleware;
use Doctrine\DBAL\Driver\Result;
use Doctrine\DBAL\Driver\Statement;

final class GuardedStatement extends AbstractStatementMiddleware
{
    public function __construct(Statement $statement, private readonly StatementGuard $guard, private readonly string $sql)
    {
        parent::__construct($statement);
    }

    public function execute(): Result
    {
        return $this->guard->run($this->sql, fn (): Result => parent::execute(), new EmptyResult());
    }
}
