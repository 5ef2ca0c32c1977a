<?php

declare(strict_types=1);

namespace App\Release;

use Doctrine\DBAL\Connection;
use Doctrine\DBAL\Exception\TableNotFoundException;

/**
 * The rows of migration jobs. One lock is for whoever prepares a run, the other for the connection that executes it: that one is
 * held until the server has ended the statement, also of a process that is gone. A job that says it runs while nobody holds
 * either has been interrupted.
 */
final readonly class MigrationJobRepository
{
    private const PREPARE = 'slipway.migrate';
    private const EXECUTE = 'slipway.migrate.execute';
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

    /** Takes the lock for preparing a run, unless another run is in progress; held as long as the connection lives. */
    public function claim(Connection $connection): bool
    {
        if (!$this->lock($connection, self::PREPARE)) {
            return false;
        }
        if ('1' === self::text($connection->fetchOne('SELECT IS_FREE_LOCK(?)', [self::EXECUTE]))) {
            return true;
        }
        $connection->fetchOne('SELECT RELEASE_LOCK(?)', [self::PREPARE]);

        return false;
    }

    /** For the connection that executes, while another one of the same run has the claim. */
    public function hold(Connection $connection): void
    {
        if (!$this->lock($connection, self::EXECUTE)) {
            throw new \RuntimeException('Another run is executing.');
        }
    }

    /** For whoever has the claim: a row that says running is none of a living process. */
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

    /** A job ends its row before it gives the locks back, so free locks and a row that still says running are the sign. */
    private function isInterrupted(Connection $connection, string $id): bool
    {
        return '1' === self::text($connection->fetchOne('SELECT IS_FREE_LOCK(?) AND IS_FREE_LOCK(?)', [self::PREPARE, self::EXECUTE]))
            && MigrationJob::RUNNING === $connection->fetchOne('SELECT status FROM migration_jobs WHERE id = ?', [$id]);
    }

    private function lock(Connection $connection, string $lock): bool
    {
        return '1' === self::text($connection->fetchOne('SELECT GET_LOCK(?, 0)', [$lock]));
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
