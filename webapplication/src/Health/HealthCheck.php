<?php

declare(strict_types=1);

namespace App\Health;

use Symfony\Component\DependencyInjection\Attribute\AutoconfigureTag;

/** Checks run one after the other; all of them together have two seconds, whatever hangs. */
#[AutoconfigureTag]
interface HealthCheck
{
    /** @return iterable<CheckResult> */
    public function run(Deadline $deadline): iterable;
}
