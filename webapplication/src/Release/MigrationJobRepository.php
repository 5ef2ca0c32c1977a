<?php

declare(strict_types=1);

namespace App\Release;

use Doctrine\DBAL\Connection;
use Doctrine\DBAL\Exception as DbalException;
use Doctrine\DBAL\Exception\TableNotFoundException;

/**
 * The rows of migration jobs, and two locks in MySQL. The first is held while a run is prepared, the second by the connection
 * that executes it: the server keeps the second one until the statement has ended, even when the PHP process was killed. A job
 * with status running whose locks are both free was interrupted.
 */
final readonly class MigrationJobRepository
{
    private const PREPARE = 'slipway.migrate';
    private const EXECUTE = 'slipway.migrate.execute';
    private const INTERRUPTED = 'The process that ran the migration ended before it was done; start it again to continue.';

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
        // Tables of earlier versions have no such column.
        $hasLockColumn = $connection->fetchOne("SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'migration_jobs' AND COLUMN_NAME = 'lock_wait'");
        if (false === $hasLockColumn) {
            $connection->executeStatement('ALTER TABLE migration_jobs ADD COLUMN lock_wait TEXT NULL');
        }
    }

    /** Takes the prepare lock unless another run is in progress. The lock lasts as long as the connection. */
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

    /** Takes the execute lock; called by the connection that executes while another connection of the same run holds the claim. */
    public function hold(Connection $connection): void
    {
        if (!$this->lock($connection, self::EXECUTE)) {
            throw new \RuntimeException('Another migration run is executing.');
        }
    }

    /** Marks running rows as failed. The caller holds the claim, so no such row belongs to a living process. */
    public function endInterrupted(Connection $connection): void
    {
        $connection->executeStatement(
            'UPDATE migration_jobs SET status = ?, error = ? WHERE status IN (?, ?)',
            [MigrationJob::FAILED, self::INTERRUPTED, MigrationJob::RUNNING, MigrationJob::STOPPING],
        );
    }

    public function save(Connection $connection, MigrationJob $job): void
    {
        $connection->executeStatement(
            'INSERT INTO migration_jobs (id, status, executed, pending, error, lock_wait) VALUES (:id, :status, :executed, :pending, :error, :lock)'
            // A running job must not undo the request to stop it.
            ." ON DUPLICATE KEY UPDATE status = IF(status = 'stopping' AND VALUES(status) = 'running', status, VALUES(status)), lock_wait = VALUES(lock_wait), executed = VALUES(executed), pending = VALUES(pending), error = VALUES(error)",
            [
                'id' => $job->id,
                'status' => $job->status,
                'executed' => implode(',', $job->executed),
                'pending' => implode(',', $job->pending),
                'error' => $job->error,
                'lock' => null === $job->lock ? null : json_encode($job->lock, \JSON_THROW_ON_ERROR | \JSON_INVALID_UTF8_SUBSTITUTE | \JSON_UNESCAPED_UNICODE | \JSON_UNESCAPED_SLASHES),
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

    /** Asks the run to stop; it looks at this before each statement. */
    public function requestStop(Connection $connection, string $id): void
    {
        $connection->executeStatement('UPDATE migration_jobs SET status = ? WHERE id = ? AND status = ?', [MigrationJob::STOPPING, $id, MigrationJob::RUNNING]);
    }

    public function isStopping(Connection $connection, string $id): bool
    {
        return MigrationJob::STOPPING === $connection->fetchOne('SELECT status FROM migration_jobs WHERE id = ?', [$id]);
    }

    /** Ends the statement that a run executes. Its connection executes nothing else than statements of migrations. */
    public function killStatement(Connection $connection): void
    {
        $executing = self::text($connection->fetchOne('SELECT IS_USED_LOCK(?)', [self::EXECUTE]));
        if (1 === preg_match('/^\d+$/D', $executing)) {
            try {
                $connection->executeStatement('KILL QUERY '.$executing);
            } catch (DbalException) {
                // It has just ended.
            }
        }
    }

    public function running(Connection $connection): ?MigrationJob
    {
        $row = $connection->fetchAssociative('SELECT * FROM migration_jobs WHERE status IN (?, ?) ORDER BY id DESC LIMIT 1', [MigrationJob::RUNNING, MigrationJob::STOPPING]);

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
            self::object($row['lock_wait'] ?? null),
        );

        return $job->isRunning() && $this->isInterrupted($connection, $job) ? $job->failed(self::INTERRUPTED) : $job;
    }

    /** A job updates its row before it releases the locks, so free locks and a running row mean that it was interrupted. */
    private function isInterrupted(Connection $connection, MigrationJob $job): bool
    {
        return '1' === self::text($connection->fetchOne('SELECT IS_FREE_LOCK(?) AND IS_FREE_LOCK(?)', [self::PREPARE, self::EXECUTE]))
            && $job->status === $connection->fetchOne('SELECT status FROM migration_jobs WHERE id = ?', [$job->id]);
    }

    private function lock(Connection $connection, string $lock): bool
    {
        return '1' === self::text($connection->fetchOne('SELECT GET_LOCK(?, 0)', [$lock]));
    }

    /** @return array<string, mixed>|null */
    private static function object(mixed $json): ?array
    {
        $data = is_string($json) ? json_decode($json, true) : null;
        if (!is_array($data)) {
            return null;
        }
        $object = [];
        foreach ($data as $name => $value) {
            $object[(string) $name] = $value;
        }

        return $object;
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
