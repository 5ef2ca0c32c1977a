<?php

declare(strict_types=1);

namespace App\Log;

use Monolog\Level;
use Monolog\Logger;
use Psr\Log\AbstractLogger;

/** Stands before Monolog, which is only loaded once there is something worth a line. The framework logs every matched route. */
final class LazyLogger extends AbstractLogger
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
        $this->logger->log(self::level($level), $message, $context);
    }

    private static function level(mixed $level): Level
    {
        foreach (Level::cases() as $case) {
            if ($case->toPsrLogLevel() === $level) {
                return $case;
            }
        }

        return Level::Error;
    }
}
