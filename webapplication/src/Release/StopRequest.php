<?php

declare(strict_types=1);

namespace App\Release;

use Doctrine\DBAL\Connection;

/** Tells a run whether somebody has asked for its end. */
final readonly class StopRequest
{
    public function __construct(private MigrationJobRepository $jobs, private Connection $connection, private string $jobId)
    {
    }

    /** @phpstan-impure */
    public function isPending(): bool
    {
        return $this->jobs->isStopping($this->connection, $this->jobId);
    }
}
