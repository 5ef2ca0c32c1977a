<?php

declare(strict_types=1);

namespace App\Database;

/** A migration sends a statement itself, or another one than its dry run announced. */
final class StatementNotPlannedException extends \RuntimeException
{
}
