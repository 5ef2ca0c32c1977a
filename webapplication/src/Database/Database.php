<?php

declare(strict_types=1);

namespace App\Database;

use App\Resilience\CircuitBreaker;
use App\Telemetry\Span;
use App\Telemetry\Tracer;
use Doctrine\DBAL\Connection;
use Doctrine\DBAL\Exception as DbalException;
use Doctrine\DBAL\Exception\DriverException;

/** MySQL for requests: one persistent connection, a span per query and two exceptions. */
final class Database
{
    private const DEPENDENCY = 'mysql';
    private const TIMEOUT_SECONDS = 0.9;
    /** SQLSTATE classes that mean invalid data: data exception, integrity constraint violation. */
    private const DATA_ERROR_CLASSES = ['22', '23'];
    /** Error codes of the class HY that mean invalid data: wrong value (1366), truncated data (1265), check constraint (3819). */
    private const DATA_ERROR_CODES = [1265, 1366, 3819];

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
     * @throws DataRejectedException when MySQL rejects the values
     * @throws DatabaseUnavailableException    for every other failure
     */
    public function run(string $name, callable $work): mixed
    {
        if (!$this->breaker->allows(self::DEPENDENCY)) {
            throw new DatabaseUnavailableException('MySQL timed out recently; the circuit breaker is open.');
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
            if (microtime(true) - $startedAt >= self::TIMEOUT_SECONDS) {
                $this->breaker->recordTimeout(self::DEPENDENCY);
            }
            throw new DatabaseUnavailableException($failure->getMessage(), 0, $failure);
        }
    }

    private static function isDataError(DriverException $failure): bool
    {
        return in_array(substr($failure->getSQLState() ?? '', 0, 2), self::DATA_ERROR_CLASSES, true)
            || in_array($failure->getCode(), self::DATA_ERROR_CODES, true);
    }
}
