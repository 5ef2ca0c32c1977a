<?php

declare(strict_types=1);

namespace App\Release;

/** Somebody asked for the end of the run. */
final class MigrationStoppedException extends \RuntimeException
{
}
