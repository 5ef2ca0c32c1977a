<?php

declare(strict_types=1);

namespace App\Database;

use App\Resilience\Breaker;
use App\Telemetry\Span;
use App\Telemetry\Tracer;
use Doctrine\DBAL\Connection;
use Doctrine\DBAL\Exception as DbalException;

/** MySQL for requests: one connection, a span per use, and one kind of failure. */
final class Database
{
    private const DEPENDENCY = 'mysql';
    private const HANGS_AFTER_SECONDS = 0.9;

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
     * @throws DatabaseAway for whatever MySQL could not do
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
            $this->connection = null;
            if (microtime(true) - $begun >= self::HANGS_AFTER_SECONDS) {
                $this->breaker->hung(self::DEPENDENCY);
            }
            throw new DatabaseAway($failure->getMessage(), 0, $failure);
        }
    }
}
