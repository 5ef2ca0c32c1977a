<?php

declare(strict_types=1);

namespace App\Database;

use App\Resilience\CircuitBreaker;
use App\Telemetry\Span;
use App\Telemetry\Tracer;
use Doctrine\DBAL\Connection;
use Doctrine\DBAL\Exception as DbalException;
use Doctrine\DBAL\Exception\DriverException;

/** MySQL for requests: one connection, a span per use, and one kind of failure. */
final class Database
{
    private const DEPENDENCY = 'mysql';
    private const HANGS_AFTER_SECONDS = 0.9;
    /** SQLSTATE classes: data exception, integrity constraint violation. */
    private const REFUSING_CLASSES = ['22', '23'];
    /** Of the class HY: a wrong value for a column (1366), truncated data (1265), a check constraint (3819). */
    private const REFUSING_CODES = [1265, 1366, 3819];

    private ?Connection $connection = null;

    public function __construct(
        private readonly ConnectionFactory $connections,
        private readonly Tracer $tracer,
        private readonly CircuitBreaker $breaker,
    ) {
    }

    /**
     * @template T
     *
     * @param callable(Connection): T $work
     *
     * @return T
     *
     * @throws DataRejectedException when the values are at fault
     * @throws DatabaseUnavailableException    for whatever else MySQL could not do
     */
    public function run(string $name, callable $work): mixed
    {
        if (!$this->breaker->allows(self::DEPENDENCY)) {
            throw new DatabaseUnavailableException('MySQL did not answer a moment ago.');
        }
        $startedAt = microtime(true);
        try {
            $result = $this->tracer->span(
                'mysql '.$name,
                fn (Span $span): mixed => $work($this->connection ??= $this->connections->persistent()),
                ['db.system.name' => 'mysql', 'db.query.summary' => $name],
            );
            $this->breaker->recordSuccess(self::DEPENDENCY);

            return $result;
        } catch (DbalException $failure) {
            if ($failure instanceof DriverException && self::isDataError($failure)) {
                $this->breaker->recordSuccess(self::DEPENDENCY);
                throw new DataRejectedException($failure->getMessage(), 0, $failure);
            }
            $this->connection = null;
            if (microtime(true) - $startedAt >= self::HANGS_AFTER_SECONDS) {
                $this->breaker->recordTimeout(self::DEPENDENCY);
            }
            throw new DatabaseUnavailableException($failure->getMessage(), 0, $failure);
        }
    }

    private static function isDataError(DriverException $failure): bool
    {
        return in_array(substr($failure->getSQLState() ?? '', 0, 2), self::REFUSING_CLASSES, true)
            || in_array($failure->getCode(), self::REFUSING_CODES, true);
    }
}
