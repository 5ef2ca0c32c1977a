<?php

declare(strict_types=1);

namespace App\Release;

use Doctrine\DBAL\Connection;
use Doctrine\DBAL\Exception\TableNotFoundException;

/** The rows of migration jobs. A job that says it runs while nobody holds the lock has been interrupted. */
final readonly class MigrationJobs
{
    private const LOCK = 'slipway.migrate';
    private const INTERRUPTED = 'The process that ran it ended before it was done; start it again to go on.';

    public function prepare(Connection $connection): void
    {
        $connection->executeStatement(<<<'SQL'
            CREATE TABLE IF NOT EXISTS migration_jobs (
                id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
                status VARCHAR(16) CHARACTER SET ascii NOT NULL,
                executed TEXT NOT NULL,
                pending TEXT NOT NULL,
                error TEXT NULL,
                changed_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)
            )
            SQL);
    }

    /** Held as long as the connection lives, or until it is given back. */
    public function lock(Connection $connection, int $waitSeconds): bool
    {
        return '1' === self::text($connection->fetchOne('SELECT GET_LOCK(?, ?)', [self::LOCK, $waitSeconds]));
    }

    public function unlock(Connection $connection): void
    {
        $connection->fetchOne('SELECT RELEASE_LOCK(?)', [self::LOCK]);
    }

    /** For whoever holds the lock: a row that says running is none of a living process. */
    public function endInterrupted(Connection $connection): void
    {
        $connection->executeStatement(
            'UPDATE migration_jobs SET status = ?, error = ? WHERE status = ?',
            [MigrationJob::FAILED, self::INTERRUPTED, MigrationJob::RUNNING],
        );
    }

    public function save(Connection $connection, MigrationJob $job): void
    {
        $connection->executeStatement(
            'INSERT INTO migration_jobs (id, status, executed, pending, error) VALUES (:id, :status, :executed, :pending, :error)'
            .' ON DUPLICATE KEY UPDATE status = VALUES(status), executed = VALUES(executed), pending = VALUES(pending), error = VALUES(error)',
            [
                'id' => $job->id,
                'status' => $job->status,
                'executed' => implode(',', $job->executed),
                'pending' => implode(',', $job->pending),
                'error' => $job->error,
            ],
        );
    }

    public function find(Connection $connection, string $id): ?MigrationJob
    {
        try {
            $row = $connection->fetchAssociative('SELECT * FROM migration_jobs WHERE id = ?', [$id]);
        } catch (TableNotFoundException) {
            return null;
        }

        return false === $row ? null : $this->fromRow($connection, $row);
    }

    public function running(Connection $connection): ?MigrationJob
    {
        $row = $connection->fetchAssociative('SELECT * FROM migration_jobs WHERE status = ? ORDER BY id DESC LIMIT 1', [MigrationJob::RUNNING]);

        return false === $row ? null : $this->fromRow($connection, $row);
    }

    /** @param array<string, mixed> $row */
    private function fromRow(Connection $connection, array $row): MigrationJob
    {
        $job = new MigrationJob(
            self::text($row['id'] ?? ''),
            self::text($row['status'] ?? ''),
            self::versions($row['executed'] ?? ''),
            self::versions($row['pending'] ?? ''),
            isset($row['error']) ? self::text($row['error']) : null,
        );

        return MigrationJob::RUNNING === $job->status && $this->isInterrupted($connection, $job->id) ? $job->ended(self::INTERRUPTED) : $job;
    }

    /** A job ends its row before it gives the lock back, so a free lock and a row that still says running is the sign. */
    private function isInterrupted(Connection $connection, string $id): bool
    {
        return '1' === self::text($connection->fetchOne('SELECT IS_FREE_LOCK(?)', [self::LOCK]))
            && MigrationJob::RUNNING === $connection->fetchOne('SELECT status FROM migration_jobs WHERE id = ?', [$id]);
    }

    /** @return list<string> */
    private static function versions(mixed $list): array
    {
        return array_values(array_filter(explode(',', self::text($list)), static fn (string $version): bool => '' !== $version));
    }

    private static function text(mixed $value): string
    {
        return is_scalar($value) ? (string) $value : '';
    }
}
