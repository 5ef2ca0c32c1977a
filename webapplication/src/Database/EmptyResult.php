<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Driver\Result;

/** The result of a statement that is not sent, because an earlier run has executed it. */
final class EmptyResult implements Result
{
    public function fetchNumeric(): false
    {
        return false;
    }

    public function fetchAssociative(): false
    {
        return false;
    }

    public function fetchOne(): false
    {
        return false;
    }

    public function fetchAllNumeric(): array
    {
        return [];
    }

    public function fetchAllAssociative(): array
    {
        return [];
    }

    public function fetchFirstColumn(): array
    {
        return [];
    }

    public function rowCount(): int
    {
        return 0;
    }

    public function columnCount(): int
    {
        return 0;
    }

    public function free(): void
    {
    }
}
