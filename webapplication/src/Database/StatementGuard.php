<?php

declare(strict_types=1);

namespace App\Database;

/**
 * Decides what the connection of a migration may send while the migration runs: reads, and the planned statements in
 * their order. So nothing runs that was not judged, and a failure can say what ran.
 */
final class StatementGuard
{
    /** @var list<string>|null null: nothing is guarded at the moment */
    private ?array $planned = null;
    private int $ran = 0;
    private ?StatementExecution $execution = null;
    private ?MigrationProgress $progress = null;

    /** @param list<string> $planned none during a dry run */
    public function begin(array $planned, ?StatementExecution $execution = null, ?MigrationProgress $progress = null): void
    {
        $this->planned = $planned;
        $this->ran = 0;
        $this->execution = $execution;
        $this->progress = $progress;
    }

    public function end(): void
    {
        $this->planned = null;
    }

    /** How many of the planned statements the server has carried out. */
    public function ran(): int
    {
        return $this->ran;
    }

    /**
     * @template T
     *
     * @param callable(): T $send
     * @param T             $skipped the result of a statement that an earlier run has executed
     *
     * @return T
     *
     * @throws StatementNotPlannedException
     */
    public function run(string $sql, callable $send, mixed $skipped): mixed
    {
        if (null === $this->planned) {
            return $send();
        }
        $isNext = $sql === ($this->planned[$this->ran] ?? null);
        if (!$isNext && !self::isRead($sql) && !$this->isRecord($sql)) {
            throw new StatementNotPlannedException('The migration sends a statement that its dry run did not announce; only addSql() and the Schema object can be judged: '.$sql);
        }
        if (!$isNext) {
            return $send();
        }
        $result = true === $this->progress?->isCommitted($this->ran) ? $skipped : $this->send($sql, $send);
        ++$this->ran;

        return $result;
    }

    /**
     * @template T
     *
     * @param callable(): T $send
     *
     * @return T
     */
    private function send(string $sql, callable $send): mixed
    {
        try {
            $result = null === $this->execution ? $send() : $this->execution->run($sql, $send);
        } catch (\Throwable $failure) {
            $this->progress?->failed($this->ran);
            throw $failure;
        }
        $this->progress?->executed($this->ran);

        return $result;
    }

    /** A dry run's session is read-only besides, and one query() cannot hold two statements. */
    private static function isRead(string $sql): bool
    {
        return 1 === preg_match('/^\s*(?:SELECT|SHOW|DESCRIBE|EXPLAIN)\b/i', $sql);
    }

    /** Doctrine Migrations writes down that the migration is executed. */
    private function isRecord(string $sql): bool
    {
        return $this->ran === count($this->planned ?? []) && str_starts_with($sql, 'INSERT INTO '.SchemaRepository::EXECUTED_TABLE.' (');
    }
}
