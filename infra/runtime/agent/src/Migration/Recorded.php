<?php

declare(strict_types=1);

namespace Slipway\Agent\Migration;

/** Names in a table that a first migration makes. */
final readonly class Recorded
{
    private const NO_SUCH_TABLE = '42S02';

    /** @return list<string> none while there is no table */
    public static function names(\PDO $connection, string $query): array
    {
        try {
            $rows = $connection->query($query);

            return false === $rows ? [] : array_values(array_map(strval(...), $rows->fetchAll(\PDO::FETCH_COLUMN)));
        } catch (\PDOException $failure) {
            if (self::NO_SUCH_TABLE === $failure->getCode()) {
                return [];
            }
            throw $failure;
        }
    }
}
