<?php

declare(strict_types=1);

namespace App\Release;

use App\Database\Administrator;
use App\Database\ConnectionFactory;
use App\Database\DatabaseUnavailableException;
use App\Database\Ddl;
use App\Database\MigrationConnection;
use App\Database\MigrationKind;
use App\Database\MigrationPlan;
use App\Database\Migrations;
use App\Database\SchemaRepository;
use App\Database\StatementExecution;
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
    private const STOP_SECONDS = 3.0;
    private const STOP_AGAIN_MICROSECONDS = 100_000;

    public function __construct(
        private ConnectionFactory $connections,
        private Migrations $migrations,
        private MigrationJobRepository $jobs,
        private SchemaRepository $schema,
        private AfterResponse $after,
        private LoggerInterface $logger,
    ) {
    }

    /**
     * What the pending migrations of a kind would do; nothing is changed.
     *
     * @throws DatabaseUnavailableException when MySQL does not answer
     */
    public function plan(MigrationKind $kind): MigrationPlan
    {
        try {
            // Asked within the limits of an ordinary request.
            $pending = $this->pending($this->connections->open(), $kind);
            $connection = $this->connections->openForDryRun();
            $plan = $this->migrations->plan($connection, $pending);
            $connection->connection->close();

            return $plan;
        } catch (DbalException $failure) {
            throw new DatabaseUnavailableException($failure->getMessage(), 0, $failure);
        }
    }

    /**
     * @return list<string> versions, oldest first
     *
     * @throws DatabaseUnavailableException
     */
    public function pendingOf(MigrationKind $kind): array
    {
        try {
            return $this->pending($this->connections->open(), $kind);
        } catch (DbalException $failure) {
            throw new DatabaseUnavailableException($failure->getMessage(), 0, $failure);
        }
    }

    /**
     * @param string|null $judged the hash of the plan that was judged: only that runs. Null: nobody judged, as for a contract migration of an earlier release tool
     * @param Administrator|null $administrator for this run only: it sees who holds a lock that a statement waits for
     *
     * @throws DatabaseUnavailableException when MySQL does not answer within the limits of an ordinary request
     * @throws PlanChangedException
     */
    public function start(MigrationKind $kind, ?string $judged = null, ?Administrator $administrator = null): MigrationJob
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
            $plan = null === $judged ? null : $this->judgedPlan($kind, $judged);
            $pending = $plan?->versions() ?? $this->pending($connection, $kind);
            $job = new MigrationJob((new Ulid())->toBase32(), [] === $pending ? MigrationJob::DONE : MigrationJob::RUNNING, [], $pending);
            $this->jobs->save($connection, $job);
        } catch (DbalException $failure) {
            throw new DatabaseUnavailableException($failure->getMessage(), 0, $failure);
        }
        if ([] !== $pending) {
            $this->after->run(fn () => $this->work($connection, $job, $kind, $plan, $administrator));
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
     * Stops a run and the statement that it executes, and waits a moment for its end.
     *
     * @return MigrationJob|null the job afterwards, which may still be running; null when there is none
     *
     * @throws DatabaseUnavailableException
     */
    public function stop(MigrationJob $job): ?MigrationJob
    {
        $connection = $this->connections->open();
        $deadline = microtime(true) + self::STOP_SECONDS;
        try {
            $this->jobs->requestStop($connection, $job->id);
            do {
                // The statement may have started after the last one was killed.
                $this->jobs->killStatement($connection);
                usleep(self::STOP_AGAIN_MICROSECONDS);
                $now = $this->jobs->find($connection, $job->id);
            } while (null !== $now && $now->isRunning() && microtime(true) < $deadline);

            return $now;
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

    /** @return list<string> */
    private function pending(Connection $connection, MigrationKind $kind): array
    {
        return array_values(array_diff($this->migrations->ofKind($kind), $this->schema->read($connection)->executed));
    }

    /**
     * @throws DatabaseUnavailableException
     * @throws PlanChangedException
     */
    private function judgedPlan(MigrationKind $kind, string $judged): MigrationPlan
    {
        $plan = $this->plan($kind);

        return hash_equals($plan->hash(), $judged) ? $plan : throw new PlanChangedException('The migrations would not run the SQL that was judged.');
    }

    private function prepare(Connection $connection): void
    {
        $connection->executeStatement(
            'CREATE TABLE IF NOT EXISTS '.SchemaRepository::KINDS_TABLE
            .' (version CHAR(14) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, kind VARCHAR(8) CHARACTER SET ascii NOT NULL)',
        );
        $this->migrations->prepare($connection);
    }

    /**
     * @param Connection         $claim closing it releases the prepare lock
     * @param MigrationPlan|null $plan  what was judged, if it was
     */
    private function work(Connection $claim, MigrationJob $job, MigrationKind $kind, ?MigrationPlan $plan, ?Administrator $administrator): void
    {
        set_time_limit(0);
        ignore_user_abort(true);
        $connection = null;
        try {
            $connection = $this->connections->openForMigration();
            $this->jobs->hold($connection->connection);
            $execution = LockRetry::on($connection->connection, $this->connections, new StopRequest($this->jobs, $this->connections->open(), $job->id), $administrator);
            foreach ($job->pending as $version) {
                $planned = $this->planOne($connection, $version);
                if (null !== $plan && $planned !== ($plan->statements[$version] ?? null)) {
                    if ([] === $job->executed) {
                        throw new PlanChangedException("Migration $version would not run the SQL that was judged.");
                    }
                    // It reads what the ones before it changed: it stays pending, to be judged anew.
                    break;
                }
                Ddl::requireOne($version, $planned);
                $this->execute($connection, $kind, $version, $planned, $execution);
                $job = $job->executed($version);
                $this->jobs->save($this->connections->open(), $job);
                $this->logger->notice('Migration {version} is executed', ['version' => $version]);
            }
            $ended = $job->done();
        } catch (\Throwable $failure) {
            $ended = $this->ended($job, $failure);
            $this->logger->error('Migration failed: {reason}', ['reason' => $failure->getMessage(), 'exception' => $failure]);
        }
        // A new connection, since the one that executed may be what failed.
        $this->jobs->save($this->connections->open(), $ended);
        $connection?->connection->close();
        $claim->close();
    }

    private function ended(MigrationJob $job, \Throwable $failure): MigrationJob
    {
        $lock = $failure->getPrevious();

        return match (true) {
            // Whatever was interrupted by then.
            $this->jobs->isStopping($this->connections->open(), $job->id) => $job->stopped($failure->getMessage()),
            $lock instanceof LockTimeoutException => $job->failed($failure->getMessage(), $lock->describe()),
            default => $job->failed($failure->getMessage()),
        };
    }

    /** @return list<string> */
    private function planOne(MigrationConnection $connection, string $version): array
    {
        $plan = $this->migrations->plan($connection, [$version]);

        return $plan->statements[$version] ?? throw new \RuntimeException("The dry run of migration $version failed: ".$plan->reason);
    }

    /** @param list<string> $planned */
    private function execute(MigrationConnection $connection, MigrationKind $kind, string $version, array $planned, StatementExecution $execution): void
    {
        // The kind is written first: an executed contract migration without its kind would be taken for an expand migration.
        $this->connections->open()->executeStatement('INSERT IGNORE INTO '.SchemaRepository::KINDS_TABLE.' (version, kind) VALUES (?, ?)', [$version, $kind->value]);
        $this->migrations->execute($connection, $version, $planned, $execution);
    }
}
