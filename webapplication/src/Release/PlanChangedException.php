<?php

declare(strict_types=1);

namespace App\Release;

/** What would run is not what was judged. */
final class PlanChangedException extends \RuntimeException
{
}
