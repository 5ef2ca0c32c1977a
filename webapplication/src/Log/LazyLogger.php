<?php

declare(strict_types=1);

namespace App\Log;

use Monolog\Level;
use Monolog\Logger;
use Psr\Log\AbstractLogger;

/** Loads Monolog on the first message of level notice or above. The framework logs a debug line for every request, so most requests never need it. */
final class LazyLogger extends AbstractLogger
{
    private const IGNORED_LEVELS = ['debug' => true, 'info' => true];

    private ?Logger $logger = null;

    /** @param \Closure(): Logger $factory */
    public function __construct(private readonly \Closure $factory)
    {
    }

    /** @param array<mixed> $context */
    public function log($level, string|\Stringable $message, array $context = []): void
    {
        if (is_string($level) && isset(self::IGNORED_LEVELS[$level])) {
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
