<?php

declare(strict_types=1);

namespace App\Health;

use App\Release\Version;

/** All checks in one document, application/health+json (draft-inadarei-api-health-check-06). */
final readonly class HealthReport
{
    /** The documented limit is 2 s; the difference covers the request itself. */
    private const SECONDS = 1.7;

    /** @param iterable<HealthCheck> $checks */
    public function __construct(private iterable $checks, private Version $version)
    {
    }

    /** @return array{Status, array<string, mixed>} */
    public function make(): array
    {
        $deadline = new Deadline(self::SECONDS);
        $status = Status::Pass;
        $members = [];
        foreach ($this->checks as $check) {
            foreach ($check->run($deadline) as $finding) {
                $status = $status->or($finding->status);
                $members[$finding->check] = [$finding->describe()];
            }
        }

        return [$status, ['status' => $status->value, 'releaseId' => $this->version->name, 'checks' => $members]];
    }
}
