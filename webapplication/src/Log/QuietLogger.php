<?php

declare(strict_types=1);

namespace App\Log;

use Monolog\Logger;
use Psr\Log\AbstractLogger;

/** Stands before Monolog, which is only loaded once there is something worth a line. The framework logs every matched route. */
final class QuietLogger extends AbstractLogger
{
    private const UNWORTHY = ['debug' => true, 'info' => true];

    private ?Logger $logger = null;

    /** @param \Closure(): Logger $factory */
    public function __construct(private readonly \Closure $factory)
    {
    }

    /** @param array<mixed> $context */
    public function log($level, string|\Stringable $message, array $context = []): void
    {
        if (is_string($level) && isset(self::UNWORTHY[$level])) {
            return;
        }
        $this->logger ??= ($this->factory)();
        $this->logger->log(Logger::toMonologLevel(is_string($level) ? $level : 'error'), $message, $context);
    }
}
