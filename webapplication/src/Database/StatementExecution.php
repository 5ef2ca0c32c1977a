<?php

declare(strict_types=1);

namespace App\Database;

/** How a planned statement of a migration is sent. */
interface StatementExecution
{
    /**
     * @template T
     *
     * @param callable(): T $send
     *
     * @return T
     */
    public function run(string $sql, callable $send): mixed;
}
