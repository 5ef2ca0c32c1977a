<?php

declare(strict_types=1);

namespace App\Database;

use App\Resilience\Breaker;
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
        private readonly Connector $connector,
        private readonly Tracer $tracer,
        private readonly Breaker $breaker,
    ) {
    }

    /**
     * @template T
     *
     * @param callable(Connection): T $work
     *
     * @return T
     *
     * @throws DatabaseRefuses when the values are at fault
     * @throws DatabaseAway    for whatever else MySQL could not do
     */
    public function run(string $name, callable $work): mixed
    {
        if (!$this->breaker->allows(self::DEPENDENCY)) {
            throw new DatabaseAway('MySQL did not answer a moment ago.');
        }
        $begun = microtime(true);
        try {
            $result = $this->tracer->span(
                'mysql '.$name,
                fn (Span $span): mixed => $work($this->connection ??= $this->connector->kept()),
                ['db.system.name' => 'mysql', 'db.query.summary' => $name],
            );
            $this->breaker->answered(self::DEPENDENCY);

            return $result;
        } catch (DbalException $failure) {
            if ($failure instanceof DriverException && self::refuses($failure)) {
                $this->breaker->answered(self::DEPENDENCY);
                throw new DatabaseRefuses($failure->getMessage(), 0, $failure);
            }
            $this->connection = null;
            if (microtime(true) - $begun >= self::HANGS_AFTER_SECONDS) {
                $this->breaker->hung(self::DEPENDENCY);
            }
            throw new DatabaseAway($failure->getMessage(), 0, $failure);
        }
    }

    private static function refuses(DriverException $failure): bool
    {
        return in_array(substr($failure->getSQLState() ?? '', 0, 2), self::REFUSING_CLASSES, true)
            || in_array($failure->getCode(), self::REFUSING_CODES, true);
    }
}
