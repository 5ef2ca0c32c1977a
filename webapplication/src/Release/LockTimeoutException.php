<?php

declare(strict_types=1);

namespace App\Release;

/** A statement of a migration did not get its lock. */
final class LockTimeoutException extends \RuntimeException
{
    /** @param list<array{id: int, user: string, host: string, seconds: int, statement: string|null}> $blocking */
    public function __construct(
        string $message,
        public readonly int $tries,
        public readonly int $seconds,
        public readonly string $statement,
        public readonly array $blocking,
        ?\Throwable $previous = null,
    ) {
        parent::__construct($message, 0, $previous);
    }

    /** @return array<string, mixed> */
    public function describe(): array
    {
        return ['tries' => $this->tries, 'seconds' => $this->seconds, 'statement' => $this->statement, 'blocking' => $this->blocking];
    }
}
