<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Connection;
use Doctrine\DBAL\Exception as DbalException;

/** Finds the connections that may hold a lock on this database, from the best source that the server and the user's rights allow. */
final readonly class BlockingConnections
{
    private const LIMIT = 5;
    private const COLUMNS = 'p.ID AS id, p.USER AS user, p.HOST AS host';
    private const SOURCES = [
        // MySQL 8: owners of metadata locks that last until the end of a transaction.
        'SELECT DISTINCT '.self::COLUMNS.', p.TIME AS seconds, p.INFO AS statement FROM performance_schema.metadata_locks l'
        .' JOIN performance_schema.threads t ON t.THREAD_ID = l.OWNER_THREAD_ID JOIN information_schema.PROCESSLIST p ON p.ID = t.PROCESSLIST_ID'
        ." WHERE l.OBJECT_TYPE = 'TABLE' AND l.LOCK_STATUS = 'GRANTED' AND l.OBJECT_SCHEMA = DATABASE() AND p.ID <> CONNECTION_ID() ORDER BY seconds DESC",
        // Open transactions; needs the privilege PROCESS.
        'SELECT '.self::COLUMNS.', TIMESTAMPDIFF(SECOND, x.trx_started, NOW()) AS seconds, COALESCE(x.trx_query, p.INFO) AS statement FROM information_schema.INNODB_TRX x'
        .' JOIN information_schema.PROCESSLIST p ON p.ID = x.trx_mysql_thread_id WHERE p.DB = DATABASE() AND p.ID <> CONNECTION_ID() ORDER BY seconds DESC',
        // Statements that run; of the own user without any privilege.
        'SELECT '.self::COLUMNS.', p.TIME AS seconds, p.INFO AS statement FROM information_schema.PROCESSLIST p'
        ." WHERE p.DB = DATABASE() AND p.COMMAND <> 'Sleep' AND p.ID <> CONNECTION_ID() ORDER BY seconds DESC",
    ];

    /**
     * @param int $except id of the connection that waits for the lock
     *
     * @return list<array{id: int, user: string, host: string, seconds: int, statement: string|null}> the longest first
     */
    public function find(Connection $connection, int $except): array
    {
        foreach (self::SOURCES as $sql) {
            try {
                $rows = $connection->fetchAllAssociative($sql.' LIMIT '.(self::LIMIT + 1));
            } catch (DbalException) {
                continue;
            }
            $found = array_filter(array_map(self::describe(...), $rows), static fn (array $row): bool => $row['id'] !== $except);
            if ([] !== $found) {
                return array_slice(array_values($found), 0, self::LIMIT);
            }
        }

        return [];
    }

    /**
     * @param array<string, mixed> $row
     *
     * @return array{id: int, user: string, host: string, seconds: int, statement: string|null}
     */
    private static function describe(array $row): array
    {
        return [
            'id' => self::number($row['id'] ?? null),
            'user' => is_string($row['user'] ?? null) ? $row['user'] : '',
            'host' => is_string($row['host'] ?? null) ? (string) preg_replace('/:\d+$/D', '', $row['host']) : '',
            'seconds' => self::number($row['seconds'] ?? null),
            'statement' => is_string($row['statement'] ?? null) ? mb_strimwidth($row['statement'], 0, 500, '…', 'UTF-8') : null,
        ];
    }

    private static function number(mixed $value): int
    {
        return is_numeric($value) ? (int) $value : 0;
    }
}
