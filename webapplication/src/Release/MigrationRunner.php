<?php

declare(strict_types=1);

namespace App\Release;

use App\Database\ConnectionFactory;
use App\Database\DatabaseUnavailableException;
use App\Database\MigrationKind;
use App\Database\Migrations;
use App\Database\SchemaRepository;
use App\Http\AfterResponse;
use Doctrine\DBAL\Connection;
use Doctrine\DBAL\Exception as DbalException;
use Psr\Log\LoggerInterface;
use Symfony\Component\Uid\Ulid;

/** Runs migrations after the response was sent, one run at a time on the whole database. A second request gets the job in progress. */
final readonly class MigrationRunner
{
    private const CLAIM_SECONDS = 2.0;
    private const CLAIM_AGAIN_MICROSECONDS = 50_000;

    public function __construct(
        private ConnectionFactory $connections,
        private Migrations $migrations,
        private MigrationJobRepository $jobs,
        private SchemaRepository $schema,
        private AfterResponse $after,
        private LoggerInterface $logger,
    ) {
    }

    /** @throws DatabaseUnavailableException when MySQL does not answer within the limits of an ordinary request */
    public function start(MigrationKind $kind): MigrationJob
    {
        $connection = $this->connections->open();
        try {
            $this->jobs->prepare($connection);
            $running = $this->claim($connection);
            if (null !== $running) {
                return $running;
            }
            $this->jobs->endInterrupted($connection);
            $this->prepare($connection);
            $pending = array_values(array_diff($this->migrations->ofKind($kind), $this->schema->read($connection)->executed));
            $job = new MigrationJob((new Ulid())->toBase32(), [] === $pending ? MigrationJob::DONE : MigrationJob::RUNNING, [], $pending);
            $this->jobs->save($connection, $job);
        } catch (DbalException $failure) {
            throw new DatabaseUnavailableException($failure->getMessage(), 0, $failure);
        }
        if ([] !== $pending) {
            $this->after->run(fn () => $this->work($connection, $job, $kind));
        }

        return $job;
    }

    /** @throws DatabaseUnavailableException */
    public function find(string $id): ?MigrationJob
    {
        try {
            return $this->jobs->find($this->connections->open(), $id);
        } catch (DbalException $failure) {
            throw new DatabaseUnavailableException($failure->getMessage(), 0, $failure);
        }
    }

    /**
     * @return MigrationJob|null the run that is in progress, or null when this connection has the claim
     *
     * @throws DatabaseUnavailableException
     */
    private function claim(Connection $connection): ?MigrationJob
    {
        $deadline = microtime(true) + self::CLAIM_SECONDS;
        while (!$this->jobs->claim($connection)) {
            $running = $this->jobs->running($connection);
            if (null !== $running) {
                return $running;
            }
            // The holder of the lock has not written its row yet, or is about to release the lock.
            if (microtime(true) >= $deadline) {
                throw new DatabaseUnavailableException('Another migration run holds the lock and has no running job.');
            }
            usleep(self::CLAIM_AGAIN_MICROSECONDS);
        }

        return null;
    }

    private function prepare(Connection $connection): void
    {
        $connection->executeStatement(
            'CREATE TABLE IF NOT EXISTS '.SchemaRepository::KINDS_TABLE
            .' (version CHAR(14) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, kind VARCHAR(8) CHARACTER SET ascii NOT NULL)',
        );
        $this->migrations->prepare($connection);
    }

    /** @param Connection $claim closing it releases the prepare lock */
    private function work(Connection $claim, MigrationJob $job, MigrationKind $kind): void
    {
        set_time_limit(0);
        ignore_user_abort(true);
        $connection = null;
        $error = null;
        try {
            $connection = $this->connections->openForMigration();
            $this->jobs->hold($connection);
            foreach ($job->pending as $version) {
                // The kind is written first: an executed contract migration without its kind would be taken for an expand migration.
                $connection->executeStatement('INSERT IGNORE INTO '.SchemaRepository::KINDS_TABLE.' (version, kind) VALUES (?, ?)', [$version, $kind->value]);
                $this->migrations->execute($connection, $version);
                $job = $job->executed($version);
                $this->jobs->save($connection, $job);
                $this->logger->notice('Migration {version} is executed', ['version' => $version]);
            }
        } catch (\Throwable $failure) {
            $error = $failure->getMessage();
            $this->logger->error('Migration failed: {reason}', ['reason' => $error, 'exception' => $failure]);
        }
        // A new connection, since the one that executed may be what failed.
        $this->jobs->save($this->connections->open(), $job->ended($error));
        $connection?->close();
        $claim->close();
    }
}
