<?php

declare(strict_types=1);

namespace App\Release;

use App\Database\Administrator;
use App\Database\BlockingConnections;
use App\Database\ConnectionFactory;
use App\Database\StatementExecution;
use Doctrine\DBAL\Connection;
use Doctrine\DBAL\Driver\Exception as DriverException;

/**
 * Sends a statement with patience for its lock. A statement that waits for a metadata lock makes every later query of that table
 * wait behind it, so it waits for a second only, gives way, and tries again a few times.
 */
final readonly class LockRetry implements StatementExecution
{
    private const LOCK_SECONDS = 1;
    private const ROW_LOCK_SECONDS = 5;
    private const TRIES = 4;
    private const PAUSE_STEPS = 20;
    private const PAUSE_STEP_MICROSECONDS = 100_000;
    /** ER_LOCK_WAIT_TIMEOUT. A deadlock is none: it takes the whole transaction back. */
    private const LOCK_TIMEOUT = 1205;

    private function __construct(private ConnectionFactory $connections, private StopRequest $stop, private int $connectionId, private ?Administrator $administrator)
    {
    }

    /**
     * @param Connection         $connection    the one that will execute; what it waits for locks is limited
     * @param Administrator|null $administrator sees who holds a lock
     */
    public static function on(Connection $connection, ConnectionFactory $connections, StopRequest $stop, ?Administrator $administrator = null): self
    {
        $connection->executeStatement('SET SESSION lock_wait_timeout = '.self::LOCK_SECONDS.', SESSION innodb_lock_wait_timeout = '.self::ROW_LOCK_SECONDS);
        $id = $connection->fetchOne('SELECT CONNECTION_ID()');

        return new self($connections, $stop, is_numeric($id) ? (int) $id : 0, $administrator);
    }

    /**
     * @throws LockTimeoutException
     * @throws MigrationStoppedException
     */
    public function run(string $sql, callable $send): mixed
    {
        for ($try = 1;; ++$try) {
            if ($this->stop->isPending()) {
                throw new MigrationStoppedException('The run was stopped.');
            }
            try {
                return $send();
            } catch (DriverException $failure) {
                if (self::LOCK_TIMEOUT !== $failure->getCode()) {
                    throw $failure;
                }
                if ($try >= self::TRIES) {
                    throw $this->timeout($sql, $try, $failure);
                }
            }
            for ($step = 0; $step < self::PAUSE_STEPS && !$this->stop->isPending(); ++$step) {
                usleep(self::PAUSE_STEP_MICROSECONDS);
            }
        }
    }

    private function timeout(string $sql, int $tries, DriverException $failure): LockTimeoutException
    {
        $blocking = (new BlockingConnections())->find($this->connections->openAs($this->administrator), $this->connectionId);
        $who = implode('; ', array_map(
            static fn (array $one): string => sprintf('connection %d of %s from %s, %d s, %s', $one['id'], $one['user'], $one['host'], $one['seconds'], $one['statement'] ?? 'idle in a transaction'),
            $blocking,
        ));

        return new LockTimeoutException(
            sprintf('A lock was not had in %d tries of %d s. %s', $tries, self::LOCK_SECONDS, '' === $who ? 'Who holds it cannot be told' : 'Possible holders: '.$who),
            $tries,
            self::LOCK_SECONDS,
            $sql,
            $blocking,
            $failure,
        );
    }
}
