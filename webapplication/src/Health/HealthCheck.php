<?php

declare(strict_types=1);

namespace App\Health;

use Symfony\Component\DependencyInjection\Attribute\AutoconfigureTag;

/** A health check. Checks run in sequence and share one deadline. */
#[AutoconfigureTag]
interface HealthCheck
{
    /** @return iterable<CheckResult> */
    public function run(Deadline $deadline): iterable;
}
