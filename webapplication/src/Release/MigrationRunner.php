<?php

declare(strict_types=1);

namespace App\Release;

use App\Database\Connector;
use App\Database\DatabaseAway;
use App\Database\MigrationKind;
use App\Database\Migrations;
use App\Database\SchemaReader;
use App\Http\AfterAnswer;
use Doctrine\DBAL\Connection;
use Doctrine\DBAL\Exception as DbalException;
use Psr\Log\LoggerInterface;
use Symfony\Component\Uid\Ulid;

/** Runs migrations after the answer has gone, one run at a time in the whole system; whoever comes second is told of the first. */
final readonly class MigrationRunner
{
    private const LOCK_SECONDS = 5;

    public function __construct(
        private Connector $connector,
        private Migrations $migrations,
        private MigrationJobs $jobs,
        private SchemaReader $schema,
        private AfterAnswer $after,
        private LoggerInterface $logger,
    ) {
    }

    /** @throws DatabaseAway */
    public function start(MigrationKind $kind): MigrationJob
    {
        $connection = $this->connector->patient();
        try {
            $this->jobs->prepare($connection);
            if (!$this->jobs->lock($connection, 0)) {
                $running = $this->jobs->running($connection);
                if (null !== $running) {
                    return $running;
                }
                // Who holds it has only just begun, or is about to end.
                if (!$this->jobs->lock($connection, self::LOCK_SECONDS)) {
                    throw new DatabaseAway('Another run holds the lock and does not say what it does.');
                }
            }
            $this->jobs->endInterrupted($connection);
            $this->prepare($connection);
            $pending = array_values(array_diff($this->migrations->ofKind($kind), $this->schema->read($connection)->executed));
            $job = new MigrationJob((new Ulid())->toBase32(), [] === $pending ? MigrationJob::DONE : MigrationJob::RUNNING, [], $pending);
            $this->jobs->save($connection, $job);
        } catch (DbalException $failure) {
            throw new DatabaseAway($failure->getMessage(), 0, $failure);
        }
        if ([] !== $pending) {
            $this->after->run(fn () => $this->work($connection, $job, $kind));
        }

        return $job;
    }

    /** @throws DatabaseAway */
    public function find(string $id): ?MigrationJob
    {
        try {
            return $this->jobs->find($this->connector->fresh(), $id);
        } catch (DbalException $failure) {
            throw new DatabaseAway($failure->getMessage(), 0, $failure);
        }
    }

    private function prepare(Connection $connection): void
    {
        $connection->executeStatement(
            'CREATE TABLE IF NOT EXISTS '.SchemaReader::KINDS_TABLE
            .' (version CHAR(14) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, kind VARCHAR(8) CHARACTER SET ascii NOT NULL)',
        );
        $this->migrations->prepare($connection);
    }

    private function work(Connection $connection, MigrationJob $job, MigrationKind $kind): void
    {
        set_time_limit(0);
        ignore_user_abort(true);
        $error = null;
        try {
            foreach ($job->pending as $version) {
                // The kind goes first: an executed migration whose kind nobody knows would pass for a harmless one.
                $connection->executeStatement('INSERT IGNORE INTO '.SchemaReader::KINDS_TABLE.' (version, kind) VALUES (?, ?)', [$version, $kind->value]);
                $this->migrations->execute($connection, $version);
                $job = $job->executed($version);
                $this->jobs->save($connection, $job);
                $this->logger->notice('Migration {version} is executed', ['version' => $version]);
            }
        } catch (\Throwable $failure) {
            $error = $failure->getMessage();
            $this->logger->error('Migration failed: {reason}', ['reason' => $error, 'exception' => $failure]);
        }
        $this->jobs->save($connection, $job->ended($error));
        $this->jobs->unlock($connection);
    }
}
